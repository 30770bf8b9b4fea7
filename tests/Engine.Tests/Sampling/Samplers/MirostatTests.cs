using FsCheck.Xunit;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sampling.Samplers;

namespace Hearth.Engine.Tests.Sampling.Samplers;

[Properties(Arbitrary = [typeof(LogitVector.Arbitraries)])]
public sealed class MirostatTests
{
    [Fact]
    public void Mu_starts_at_twice_tau_and_moves_against_the_error()
    {
        var mirostat = new MirostatV2Sampler(3, 0.5f);
        Assert.Equal(6, mirostat.Initial.MirostatMu);
        Assert.Equal(6 - 0.5f * (2 - 3), mirostat.After(mirostat.Initial, 0.25f).MirostatMu, 1e-6f);
    }

    [Property]
    public void Version_2_keeps_what_surprises_by_mu_at_most(LogitVector logits, byte bits)
    {
        float mu = bits / 16f;
        double[] probabilities = logits.Probabilities;
        if (probabilities.Any(p => Math.Abs(-Math.Log2(p) - mu) < 1e-4))
            return;
        int count = Math.Max(1, probabilities.Count(p => -Math.Log2(p) <= mu));
        int[] kept = [.. SamplerProbe.Apply(new MirostatV2Sampler(1, 1), logits.Values, state: new SamplerState(mu)).Select(c => c.Id)];
        Assert.Equal(logits.BestFirst.Take(count), kept);
    }

    [Property]
    public void Version_1_keeps_a_prefix_of_at_least_one(LogitVector logits, byte bits)
    {
        var left = SamplerProbe.Apply(new MirostatSampler(1, 1, 100), logits.Values, state: new SamplerState(bits / 16f));
        Assert.NotEmpty(left);
        Assert.Equal(logits.BestFirst.Take(left.Length).Order(), left.Select(c => c.Id).Order());
    }

    [Fact]
    public void Version_1_keeps_one_token_where_no_exponent_can_be_estimated() =>
        Assert.Equal(
            [(0, 1f)],
            SamplerProbe.Apply(new MirostatSampler(1, 1, 100), [1, float.NegativeInfinity], state: new SamplerState(2)));
}
