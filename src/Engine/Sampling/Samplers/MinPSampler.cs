using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Keeps the tokens at least p times as probable as the best one (Nguyen et al., Turning Up the Heat: Min-p Sampling, 2024), at least
/// <c>min_keep</c> of them. Compared as logits, so no softmax is needed.
/// </summary>
internal sealed class MinPSampler(float p, int minKeep) : ISampler
{
    private readonly float logP = (float)PortableMath.Log(p);

    public void Apply(Candidates candidates, in SamplingStep step)
    {
        float max = candidates.Max();
        float bound = Math.Min(max, max + logP);
        if (candidates.CountAtLeast(bound) >= minKeep)
            candidates.KeepAtLeast(bound);
        else
            candidates.KeepBest(minKeep);
    }

    public int? ListCapacity(int vocabularySize) => vocabularySize;
}
