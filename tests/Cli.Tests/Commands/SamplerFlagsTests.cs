using Hearth.Cli.Commands;
using Hearth.Engine.Sampling;

namespace Hearth.Cli.Tests.Commands;

public sealed class SamplerFlagsTests
{
    [Theory]
    [InlineData("--temp", "0.25")]
    [InlineData("--dynatemp-range", "0.5")]
    [InlineData("--dynatemp-exp", "2")]
    [InlineData("--top-k", "7")]
    [InlineData("--top-p", "0.25")]
    [InlineData("--min-p", "0.25")]
    [InlineData("--typical", "0.25")]
    [InlineData("--top-nsigma", "2")]
    [InlineData("--xtc-probability", "0.25")]
    [InlineData("--xtc-threshold", "0.25")]
    [InlineData("--repeat-last-n", "7")]
    [InlineData("--repeat-penalty", "1.25")]
    [InlineData("--presence-penalty", "0.25")]
    [InlineData("--frequency-penalty", "0.25")]
    [InlineData("--dry-multiplier", "0.25")]
    [InlineData("--dry-base", "1.25")]
    [InlineData("--dry-allowed-length", "7")]
    [InlineData("--dry-penalty-last-n", "7")]
    [InlineData("--mirostat", "2")]
    [InlineData("--mirostat-ent", "7")]
    [InlineData("--mirostat-lr", "0.25")]
    [InlineData("--seed", "18446744073709551615")]
    [InlineData("--samplers", "top_k;temperature")]
    [InlineData("--logit-bias", "5-2.5")]
    public void Each_flag_changes_its_own_setting_alone(string name, string value)
    {
        var defaults = new SamplerSettings();
        var flag = SamplerFlags.Find(name)!;
        var changed = flag.Apply(defaults, [value]);
        Assert.Equal(value, flag.Show(changed));
        foreach (var other in SamplerFlags.All)
        {
            if (other.Show(defaults) != flag.Show(defaults) || other.Name is not ("--samplers" or "--sampling-seq"))
                Assert.True(other == flag || other.Show(changed) == other.Show(defaults), $"{name} changed {other.Name}");
        }
    }

    [Fact]
    public void Letters_are_a_short_form_of_names()
        => Assert.Equal(["top_k", "temperature"], SamplerFlags.Find("sampler-seq")!.Apply(new(), ["kt"]).Samplers);

    [Fact]
    public void Breakers_replace_the_defaults_and_none_removes_them()
    {
        var flag = SamplerFlags.Find("dry_sequence_breaker")!;
        Assert.Equal(["\n", "|"], flag.Apply(new(), [@"\n", "|"]).DrySequenceBreakers);
        Assert.Empty(flag.Apply(new(), ["none"]).DrySequenceBreakers);
    }

    [Fact]
    public void Biases_have_a_sign_or_forbid()
    {
        var biases = SamplerFlags.Find("-l")!.Apply(new(), ["5+1", "6-0.5", "7-inf"]).LogitBiases;
        Assert.Equal([new LogitBias(5, 1), new LogitBias(6, -0.5f), new LogitBias(7, float.NegativeInfinity)], biases);
    }

    [Fact]
    public void A_seed_of_minus_one_is_another_each_time()
        => Assert.Null(SamplerFlags.Find("seed")!.Apply(new() { Seed = 5 }, ["-1"]).Seed);
}
