using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

public sealed class SamplerSettingsTests
{
    public static TheoryData<SamplerSettings, string> Refused => new()
    {
        { new() { TopP = 1.5f }, "top_p is 1.5; it must be between 0 and 1 (1 is off)." },
        { new() { TopP = float.NaN }, "top_p is NaN; it must be between 0 and 1 (1 is off)." },
        { new() { MinP = -0.1f }, "min_p is -0.1; it must be between 0 and 1 (0 is off)." },
        { new() { TypicalP = 2 }, "typical_p is 2; it must be between 0 and 1 (1 is off)." },
        { new() { Temperature = float.PositiveInfinity }, "temperature is Infinity; it must be a finite number (0 takes the best token)." },
        { new() { DynamicTemperatureRange = -1 }, "dynatemp_range is -1; it must be 0 or more and finite." },
        { new() { DynamicTemperatureExponent = -1 }, "dynatemp_exponent is -1; it must be 0 or more and finite." },
        { new() { TopNSigma = float.NaN }, "top_n_sigma is NaN; it must be a finite number (0 or less is off)." },
        { new() { XtcProbability = 1.1f }, "xtc_probability is 1.1; it must be between 0 and 1 (0 is off)." },
        { new() { XtcThreshold = -1 }, "xtc_threshold is -1; it must be between 0 and 1 (above 0.5 is off)." },
        { new() { PenaltyLastN = -2 }, "repeat_last_n is -2; it must be -1 (all), 0 (off) or more." },
        { new() { RepeatPenalty = 0 }, "repeat_penalty is 0; it must be above 0 (1 is off)." },
        { new() { FrequencyPenalty = float.NaN }, "frequency_penalty is NaN; it must be a finite number (0 is off)." },
        { new() { PresencePenalty = float.NegativeInfinity }, "presence_penalty is -Infinity; it must be a finite number (0 is off)." },
        { new() { DryMultiplier = -1 }, "dry_multiplier is -1; it must be 0 or more and finite." },
        { new() { DryBase = float.NaN }, "dry_base is NaN; it must be a finite number (below 1 is off)." },
        { new() { DryAllowedLength = -1 }, "dry_allowed_length is -1; it must be 0 or more." },
        { new() { DryPenaltyLastN = -5 }, "dry_penalty_last_n is -5; it must be -1 (all), 0 (off) or more." },
        { new() { MinKeep = -1 }, "min_keep is -1; it must be 0 or more." },
        { new() { Mirostat = 3 }, "mirostat is 3; it must be 0 (off), 1 or 2." },
        { new() { MirostatTau = -1 }, "mirostat_tau is -1; it must be 0 or more and finite." },
        { new() { MirostatEta = float.NaN }, "mirostat_eta is NaN; it must be 0 or more and finite." },
        { new() { MirostatM = 0 }, "mirostat_m is 0; it must be 1 or more." },
        { new() { LogitBiases = [new(4, float.NaN)] }, "logit_bias of token 4 is NaN; it must be a finite number or minus infinity." },
        { new() { Samplers = ["greedy", "top_k"] }, "Sampler 'greedy' chooses the token; it must be the last of the order." },
        {
            new() { Samplers = ["top_q"] },
            "Sampler 'top_q' is unknown; the samplers are penalties, dry, top_n_sigma, top_k, typ_p, top_p, min_p, xtc, temperature."
        },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void A_value_out_of_range_is_refused_by_its_name_value_and_range(SamplerSettings settings, string message)
    {
        Assert.Equal(message, Assert.Throws<SamplingException>(settings.Validate).Message);
        Assert.Equal(message, Assert.Throws<SamplingException>(() => new SamplerChain(settings, 10)).Message);
    }

    [Fact]
    public void Defaults_are_llama_cpp_s_and_valid()
    {
        var settings = new SamplerSettings();
        settings.Validate();
        Assert.Equal(
            ["penalties", "dry", "top_n_sigma", "top_k", "typ_p", "top_p", "min_p", "xtc", "temperature"],
            settings.Samplers);
        Assert.Equal((40, 0.95f, 0.05f, 0.8f), (settings.TopK, settings.TopP, settings.MinP, settings.Temperature));
        Assert.Equal(["\n", ":", "\"", "*"], settings.DrySequenceBreakers);
    }

    [Fact]
    public void Orders_are_read_in_every_spelling()
    {
        Assert.Equal(["top_k", "typ_p", "top_p", "temperature"], SamplerCatalog.ParseNames("top-k; typical ;nucleus;temp"));
        Assert.Equal(SamplerCatalog.DefaultOrder, SamplerCatalog.ParseLetters("edskypmxt"));
        Assert.Throws<SamplingException>(() => SamplerCatalog.ParseNames("top_k;nothing"));
        Assert.Contains(
            "the letters are edskypmxt",
            Assert.Throws<SamplingException>(() => SamplerCatalog.ParseLetters("kz")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Dry_wants_its_breakers_as_tokens_when_it_acts()
    {
        var settings = new SamplerSettings { DryMultiplier = 1 };
        var error = Assert.Throws<SamplingException>(() => new SamplerChain(settings, 4));
        Assert.StartsWith("dry_sequence_breakers", error.Message, StringComparison.Ordinal);
        _ = new SamplerChain(settings with { DryBreakerTokens = [[1]] }, 4);
        _ = new SamplerChain(settings with { DrySequenceBreakers = [] }, 4);
        _ = new SamplerChain(settings with { DryBase = 0.5f }, 4);
    }
}
