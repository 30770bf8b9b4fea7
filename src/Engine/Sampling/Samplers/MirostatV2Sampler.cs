using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>Mirostat, second version: keeps the leading tokens whose surprise -log2 p is at most mu, at least one.</summary>
internal sealed class MirostatV2Sampler(float tau, float eta) : Mirostat(tau, eta)
{
    public override void Apply(Candidates candidates, in SamplingStep step)
    {
        candidates.Softmax();
        candidates.RankByLogit();
        int kept = 0;
        while (kept < candidates.Count && Surprise(candidates.Probabilities[candidates.IndexOfRank(kept)]) <= step.State.MirostatMu)
            kept++;
        candidates.KeepRanked(Math.Max(kept, 1));
    }

    private static float Surprise(float p) => -(float)PortableMath.Log2(p);
}
