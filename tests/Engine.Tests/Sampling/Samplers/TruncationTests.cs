using FsCheck.Xunit;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sampling.Samplers;

namespace Hearth.Engine.Tests.Sampling.Samplers;

/// <summary>The samplers that drop tokens, each against its definition written with LINQ in double precision.</summary>
[Properties(Arbitrary = [typeof(LogitVector.Arbitraries)])]
public sealed class TruncationTests
{
    // Sums of up to 600 single-precision probabilities: 600 * 2^-24, rounded up.
    private const double SumError = 5e-5;

    [Property]
    public void Top_k_keeps_the_k_best_in_order(LogitVector logits, byte k)
    {
        int count = Math.Max((int)k, 1);
        int[] kept = [.. SamplerProbe.Apply(new TopKSampler(count), logits.Values).Select(c => c.Id)];
        Assert.Equal(
            count < logits.Values.Length ? logits.BestFirst.Take(count) : Enumerable.Range(0, logits.Values.Length),
            kept);
    }

    [Property]
    public void Top_p_keeps_a_smallest_prefix_that_reaches_p(LogitVector logits, byte mass, byte minKeep)
    {
        float p = mass / 256f;
        double[] probabilities = logits.Probabilities;
        int[] best = [.. logits.BestFirst];

        int[] kept = [.. SamplerProbe.Apply(new TopPSampler(p, minKeep), logits.Values).Select(c => c.Id)];

        Assert.Equal(best.Take(kept.Length).Order(), kept.Order());
        Assert.True(kept.Length >= Math.Min(Math.Max((int)minKeep, 1), best.Length));
        Assert.True(kept.Length == best.Length || best.Take(kept.Length).Sum(i => probabilities[i]) >= p - SumError);
        Assert.True(kept.Length <= Math.Max((int)minKeep, 1) || best.Take(kept.Length - 1).Sum(i => probabilities[i]) < p + SumError);
    }

    [Property]
    public void Typical_keeps_a_smallest_set_nearest_to_the_entropy(LogitVector logits, byte mass)
    {
        // Masked tokens make an order of their own, which the cases of llama.cpp fix.
        float[] finite = [.. logits.Values.Where(float.IsFinite)];
        var vector = new LogitVector(finite);
        float p = mass / 256f;
        double[] probabilities = vector.Probabilities;
        double entropy = -probabilities.Sum(q => q * Math.Log(q));
        double Distance(int i) => Math.Abs(-Math.Log(probabilities[i]) - entropy);

        int[] kept = SamplerProbe.Kept(new TypicalSampler(p, 0), finite);
        int[] dropped = [.. Enumerable.Range(0, finite.Length).Except(kept)];

        Assert.All(dropped, i => Assert.True(Distance(i) >= kept.Max(Distance) - 1e-4));
        double sum = kept.Sum(i => probabilities[i]);
        Assert.True(dropped.Length == 0 || sum > p - SumError);
        double last = kept.Max(i => Distance(i) >= kept.Max(Distance) - 1e-4 ? probabilities[i] : 0);
        Assert.True(kept.Length == 1 || sum - last <= p + SumError);
    }

    [Property]
    public void Typical_respects_min_keep(LogitVector logits, byte minKeep)
    {
        var kept = SamplerProbe.Apply(new TypicalSampler(0, minKeep), logits.Values);
        int least = Math.Clamp((int)minKeep, 1, logits.Values.Length);

        // Masked tokens may come first, and do not count towards a mass of more than 0.
        Assert.True(kept.Length >= least);
        Assert.True(kept.Length == least || kept.Count(candidate => float.IsFinite(candidate.Logit)) == 1);
    }

    [Property]
    public void Min_p_keeps_all_within_the_factor_and_at_least_min_keep(LogitVector logits, byte factor, byte minKeep)
    {
        float p = (factor + 1) / 256f;
        float bound = logits.Values.Max() + MathF.Log(p);
        int within = logits.Values.Count(logit => logit >= bound);
        int count = Math.Max(within, Math.Min((int)minKeep, logits.Values.Length));
        int[] kept = [.. SamplerProbe.Apply(new MinPSampler(p, minKeep), logits.Values).Select(c => c.Id).Order()];
        Assert.Equal(logits.BestFirst.Take(count).Order(), kept);
    }

    [Property]
    public void Top_n_sigma_masks_what_is_far_below_the_best(LogitVector logits, byte tenths)
    {
        float n = (tenths + 1) / 10f;
        double[] finite = [.. logits.Values.Where(float.IsFinite).Select(logit => (double)logit)];
        double mean = finite.Average();
        double bound = finite.Max() - n * Math.Sqrt(finite.Average(logit => (logit - mean) * (logit - mean)));

        int[] kept = SamplerProbe.Kept(new TopNSigmaSampler(n), logits.Values);

        Assert.All(kept, i => Assert.True(logits.Values[i] >= bound - 1e-4));
        Assert.All(
            Enumerable.Range(0, logits.Values.Length).Except(kept),
            i => Assert.True(logits.Values[i] < bound + 1e-4));
    }

    [Property]
    public void Xtc_drops_the_likely_but_the_least_of_them(LogitVector logits, byte percent, byte minKeep)
    {
        float threshold = percent % 50 / 100f;
        double[] probabilities = logits.Probabilities;
        if (probabilities.Any(p => p > 0 && Math.Abs(p - threshold) < 1e-6))
            return;
        int[] likely = [.. logits.BestFirst.Where(i => probabilities[i] >= threshold && probabilities[i] > 0)];
        bool acts = likely.Length >= 2 && logits.Values.Length - (likely.Length - 1) >= minKeep;

        int[] kept = SamplerProbe.Kept(new XtcSampler(1, threshold, minKeep), logits.Values);

        IEnumerable<int> finite = Enumerable.Range(0, logits.Values.Length).Where(i => float.IsFinite(logits.Values[i]));
        Assert.Equal(acts ? finite.Except(likely[..^1]) : finite, kept);
    }

    [Fact]
    public void Xtc_may_leave_exactly_min_keep()
    {
        Assert.Equal([1, 2], SamplerProbe.Kept(new XtcSampler(1, 0.3f, minKeep: 2), [1, 1, 0]));
        Assert.Equal([0, 1, 2], SamplerProbe.Kept(new XtcSampler(1, 0.3f, minKeep: 3), [1, 1, 0]));
    }

    [Fact]
    public void Xtc_never_spares_a_masked_token() =>
        Assert.Equal([1], SamplerProbe.Kept(new XtcSampler(1, 0, 0), [1, 0, float.NegativeInfinity]));

    [Fact]
    public void Xtc_acts_on_the_share_of_positions_that_its_probability_says()
    {
        var sampler = new XtcSampler(0.25f, 0.1f, 0);
        int acted = Enumerable.Range(0, 4096).Count(position => SamplerProbe.Apply(sampler, [0, 0], position: (ulong)position).Length == 1);
        double deviation = Math.Sqrt(4096 * 0.25 * 0.75);
        Assert.InRange(acted, 1024 - 5 * deviation, 1024 + 5 * deviation);
    }

    [Property]
    public void A_list_of_all_tokens_is_treated_like_the_whole_vocabulary(LogitVector logits, byte fraction, byte minKeep)
    {
        float p = fraction / 256f;
        int keep = minKeep % 8;
        int[] history = [0, 1, 0, 1, 0, 5, 0, 1];
        ISampler[] samplers =
        [
            new TopKSampler(Math.Max(keep, 1)), new TopPSampler(p, keep), new TypicalSampler(p, keep), new MinPSampler(p + 0.001f, keep),
            new TopNSigmaSampler(p * 4), new XtcSampler(1, p / 2, keep), new TemperatureSampler(p, 0, 1), new TemperatureSampler(p, 1, 1),
            new LogitBiasSampler([new LogitBias(0, 1.5f)], logits.Values.Length),
            new PenaltiesSampler(-1, 1.25f, 0.5f, 0.25f, logits.Values.Length),
            new DrySampler(1, 2, 1, -1, [], logits.Values.Length),
            new MirostatSampler(5 * p, 0.1f, 100), new MirostatV2Sampler(5 * p, 0.1f),
        ];
        foreach (ISampler sampler in samplers)
        {
            var state = new SamplerState(10 * p);
            Assert.Equal(
                SamplerProbe.Apply(sampler, logits.Values, history, asList: false, state: state),
                SamplerProbe.Apply(sampler, logits.Values, history, asList: true, state: state));
        }
    }

    [Property]
    public void What_is_kept_does_not_depend_on_the_order_of_tokens(LogitVector logits, byte fraction)
    {
        float p = fraction / 256f;
        float[] distinct = [.. logits.Values.Where(float.IsFinite).Distinct()];
        float[] reversed = [.. distinct.Reverse()];
        ISampler[] samplers =
        [
            new TopKSampler(5), new TopPSampler(p, 0), new TypicalSampler(p, 0), new MinPSampler(p + 0.001f, 0),
            new XtcSampler(1, p / 2, 0), new MirostatV2Sampler(3, 0.1f),
        ];
        foreach (ISampler sampler in samplers)
        {
            Assert.Equal(
                SamplerProbe.Kept(sampler, distinct),
                SamplerProbe.Kept(sampler, reversed).Select(id => distinct.Length - 1 - id).Order());
        }
    }
}
