namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Repetition, frequency and presence penalties for the tokens of a window of the history. A token seen n times there has its logit
/// divided by <c>repeat</c> if positive, multiplied otherwise (so that both lower it; Keskar et al., CTRL, 2019, divides always), then
/// lowered by n * <c>frequency</c> + <c>presence</c>.
/// </summary>
internal sealed class PenaltiesSampler(int lastN, float repeat, float frequency, float presence, int vocabularySize) : ISampler
{
    // [vocabulary] occurrences in the window; all zero between two calls.
    private readonly int[] counts = new int[vocabularySize];

    public void Apply(Candidates candidates, in SamplingStep step)
    {
        ReadOnlySpan<int> window = step.Window(lastN);
        foreach (int token in window)
        {
            if ((uint)token < (uint)counts.Length)
                counts[token]++;
        }

        Span<float> logits = candidates.Logits;
        if (candidates.IsDense)
        {
            foreach (int token in window)
            {
                if ((uint)token < (uint)counts.Length && counts[token] > 0)
                {
                    logits[token] = Penalised(logits[token], counts[token]);
                    counts[token] = 0;
                }
            }

            return;
        }

        for (int i = 0; i < logits.Length; i++)
        {
            int count = counts[candidates.Id(i)];
            if (count > 0)
                logits[i] = Penalised(logits[i], count);
        }

        foreach (int token in window)
        {
            if ((uint)token < (uint)counts.Length)
                counts[token] = 0;
        }
    }

    public int? ListCapacity(int vocabularySize) => null;

    private float Penalised(float logit, int count)
    {
        float lowered = float.IsNegativeInfinity(logit) ? logit : Logits.Finite(logit <= 0 ? logit * repeat : logit / repeat);
        return Logits.Lower(lowered, count * frequency + presence);
    }
}
