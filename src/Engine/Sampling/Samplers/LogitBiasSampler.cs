namespace Hearth.Engine.Sampling.Samplers;

/// <summary>Adds to the logits of chosen tokens; a token named twice gets both summands.</summary>
internal sealed class LogitBiasSampler : ISampler
{
    private readonly LogitBias[] biases;

    public LogitBiasSampler(IEnumerable<LogitBias> biases, int vocabularySize)
    {
        this.biases = [.. biases];
        foreach (LogitBias bias in this.biases)
        {
            if ((uint)bias.Token >= (uint)vocabularySize)
            {
                throw new SamplingException(
                    $"logit_bias names token {bias.Token}; the vocabulary has the tokens 0 to {vocabularySize - 1}.");
            }
        }
    }

    public void Apply(Candidates candidates, in SamplingStep step)
    {
        Span<float> logits = candidates.Logits;
        if (candidates.IsDense)
        {
            foreach (LogitBias bias in biases)
                logits[bias.Token] = Logits.Raise(logits[bias.Token], bias.Bias);
            return;
        }

        foreach (LogitBias bias in biases)
        {
            for (int i = 0; i < logits.Length; i++)
            {
                if (candidates.Id(i) == bias.Token)
                    logits[i] = Logits.Raise(logits[i], bias.Bias);
            }
        }
    }

    public int? ListCapacity(int vocabularySize) => null;
}
