using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

/// <summary>Applies one sampler and shows what is left.</summary>
internal static class SamplerProbe
{
    /// <summary>The candidates after the sampler, in their order, masked ones included.</summary>
    public static (int Id, float Logit)[] Apply(
        ISampler sampler, float[] logits, int[]? history = null, bool asList = false, ulong position = 0, SamplerState state = default)
    {
        var candidates = new Candidates(logits.Length, logits.Length);
        candidates.Load(logits);
        if (asList)
            candidates.KeepAtLeast(float.NegativeInfinity);
        sampler.Apply(candidates, new SamplingStep(history ?? [], seed: 1, position, state));
        return [.. Enumerable.Range(0, candidates.Count).Select(i => (candidates.Id(i), candidates.Logits[i]))];
    }

    /// <summary>The ids left with a finite logit, ascending.</summary>
    public static int[] Kept(ISampler sampler, float[] logits, int[]? history = null) =>
        [.. Apply(sampler, logits, history).Where(c => !float.IsNegativeInfinity(c.Logit)).Select(c => c.Id).Order()];

    /// <summary>The logits after a sampler that drops nothing, by id.</summary>
    public static float[] Logits(ISampler sampler, float[] logits, int[]? history = null) =>
        [.. Apply(sampler, logits, history).OrderBy(c => c.Id).Select(c => c.Logit)];
}
