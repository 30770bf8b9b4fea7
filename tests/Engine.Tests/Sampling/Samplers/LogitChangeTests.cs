using FsCheck.Xunit;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sampling.Samplers;

namespace Hearth.Engine.Tests.Sampling.Samplers;

/// <summary>The samplers that change logits and drop nothing: bias, penalties, temperature.</summary>
public sealed class LogitChangeTests
{
    private const float Masked = float.NegativeInfinity;

    [Fact]
    public void Bias_is_added_once_for_each_entry() =>
        Assert.Equal(
            [1f, 5f, Masked],
            SamplerProbe.Logits(new LogitBiasSampler([new(1, 1), new(1, 2), new(2, Masked), new(2, 4)], 3), [1, 2, 3]));

    [Fact]
    public void Bias_of_a_token_outside_the_vocabulary_is_refused()
    {
        var error = Assert.Throws<SamplingException>(() => new LogitBiasSampler([new(3, 1)], 3));
        Assert.Equal("logit_bias names token 3; the vocabulary has the tokens 0 to 2.", error.Message);
    }

    [Fact]
    public void Penalties_divide_positive_logits_multiply_others_and_count_what_was_seen() =>
        Assert.Equal(
            [2 / 2f - 0.5f - 0.25f, -2 * 2f - 2 * 0.5f - 0.25f, 0 - 0.5f - 0.25f, Masked, 3],
            SamplerProbe.Logits(new PenaltiesSampler(64, 2, 0.5f, 0.25f, 5), [2, -2, 0, Masked, 3], [0, 1, 1, 2, 3]));

    [Fact]
    public void Penalties_look_at_the_last_n_tokens_or_at_all()
    {
        int[] history = [0, 1, 2];
        Assert.Equal([1, 1, 0], SamplerProbe.Logits(new PenaltiesSampler(1, 1, 0, 1, 3), [1, 1, 1], history));
        Assert.Equal([1, 0, 0], SamplerProbe.Logits(new PenaltiesSampler(2, 1, 0, 1, 3), [1, 1, 1], history));
        Assert.Equal([0, 0, 0], SamplerProbe.Logits(new PenaltiesSampler(99, 1, 0, 1, 3), [1, 1, 1], history));
        Assert.Equal([0, 0, 0], SamplerProbe.Logits(new PenaltiesSampler(-1, 1, 0, 1, 3), [1, 1, 1], history));
    }

    [Fact]
    public void Penalties_leave_no_trace_for_the_next_token_and_ignore_strange_ids()
    {
        var sampler = new PenaltiesSampler(64, 1, 1, 0, 2);
        SamplerProbe.Logits(sampler, [0, 0], [0, 0, 1, -1, 2, int.MaxValue]);
        Assert.Equal([0, 0], SamplerProbe.Logits(sampler, [0, 0], []));
        SamplerProbe.Apply(sampler, [0, 0], [0, 0, 1, -1, 2, int.MaxValue], asList: true);
        Assert.Equal([0, 0], SamplerProbe.Logits(sampler, [0, 0], []));
    }

    [Fact]
    public void Temperature_divides() =>
        Assert.Equal([4, -2, Masked], SamplerProbe.Logits(new TemperatureSampler(0.5f, 0, 1), [2, -1, Masked]));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1e-40f)]
    public void No_temperature_leaves_the_first_of_the_best(float temperature) =>
        Assert.Equal([(1, 3f)], SamplerProbe.Apply(new TemperatureSampler(temperature, 0, 1), [2, 3, 3, 1]));

    [Property]
    public void Dynamic_temperature_follows_the_entropy(byte spread, byte rangeSteps, byte exponentSteps)
    {
        float[] logits = [spread / 32f, 0, 0, 0];
        float range = (rangeSteps + 1) / 64f;
        float exponent = exponentSteps / 64f;
        double[] p = new LogitVector(logits).Probabilities;
        double entropy = -p.Sum(q => q * Math.Log(q)) / Math.Log(4);
        double low = Math.Max(0, 1 - range);
        double temperature = low + (1 + range - low) * Math.Pow(entropy, exponent);

        float[] scaled = SamplerProbe.Logits(new TemperatureSampler(1, range, exponent), logits);

        Assert.Equal(logits[0] / temperature, scaled[0], 1e-4 * Math.Max(1, scaled[0]));
    }

    [Fact]
    public void Dynamic_temperature_counts_masked_candidates_and_leaves_a_single_one_alone()
    {
        float[] scaled = SamplerProbe.Logits(new TemperatureSampler(1, 1, 1), [1, 1, Masked, Masked]);
        Assert.Equal(1 / (2 * 0.5f), scaled[0], 1e-6f);
        Assert.Equal([3], SamplerProbe.Logits(new TemperatureSampler(1, 1, 1), [3]));
    }

    [Fact]
    public void Dynamic_temperature_of_a_certain_choice_is_the_lowest() =>
        Assert.Equal([2 / 0.25f, Masked], SamplerProbe.Logits(new TemperatureSampler(1, 0.75f, 1), [2, Masked]));
}
