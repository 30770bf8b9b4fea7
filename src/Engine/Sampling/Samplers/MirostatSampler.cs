using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Mirostat, first version: estimates the exponent s of Zipf's law from the m most probable tokens, and from it the k for which top-k
/// has the surprise mu (algorithm 1 and equation 30 of the paper).
/// </summary>
internal sealed class MirostatSampler(float tau, float eta, int m) : Mirostat(tau, eta)
{
    public override void Apply(Candidates candidates, in SamplingStep step)
    {
        candidates.Softmax();
        candidates.RankByLogit();
        float ranksByLogs = 0;
        float squares = 0;
        int pairs = Math.Min(m, candidates.Count) - 1;
        for (int i = 0; i < pairs; i++)
        {
            float p = candidates.Probabilities[candidates.IndexOfRank(i)];
            float next = candidates.Probabilities[candidates.IndexOfRank(i + 1)];
            float t = Log((i + 2f) / (i + 1f));
            ranksByLogs += t * Log(p / next);
            squares += t * t;
        }

        float s = ranksByLogs / squares;
        float epsilon = s - 1;
        float ratio = epsilon * Pow(2, step.State.MirostatMu) / (1 - Pow(candidates.VocabularySize, -epsilon));

        // The cast saturates: a k beyond all integers keeps every token. No number (a single token, s = 1) becomes zero: one is kept.
        candidates.KeepBest(Math.Max((int)Pow(ratio, 1 / s), 1));
    }

    private static float Log(float x) => (float)PortableMath.Log(x);

    private static float Pow(float x, float y) => (float)PortableMath.Pow(x, y);
}
