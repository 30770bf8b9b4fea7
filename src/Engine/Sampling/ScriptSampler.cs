using System.Text.Json;

namespace Hearth.Engine.Sampling;

/// <summary>One entry of a script's chain: its operation, and the settings that its parameters stand for.</summary>
internal static class ScriptSampler
{
    /// <summary>
    /// Reads an entry: <c>op</c> in any spelling of <see cref="SamplerCatalog"/>, and the parameters of that operation; one that is
    /// missing has llama.cpp's default, but xtc acts always unless a probability is given.
    /// </summary>
    /// <exception cref="SamplingException">The operation or a parameter is unknown, of the wrong type or out of its range.</exception>
    public static (SamplerCatalog.Entry Sampler, SamplerSettings Settings) Read(JsonElement operation, string name)
    {
        if (operation.ValueKind != JsonValueKind.Object
            || !operation.TryGetProperty("op", out JsonElement op) || op.ValueKind != JsonValueKind.String)
        {
            throw new SamplingException($"{name} must be an object with the name of a sampler in \"op\".");
        }

        SamplerCatalog.Entry sampler = SamplerCatalog.Find(op.GetString()!);
        var settings = new SamplerSettings { XtcProbability = 1 };
        foreach (JsonProperty parameter in operation.EnumerateObject())
        {
            if (parameter.Name != "op")
                settings = With(settings, sampler.Name, parameter.Name, parameter.Value, $"{name}.{parameter.Name}");
        }

        settings.Validate();
        return (sampler, settings);
    }

    private static SamplerSettings With(SamplerSettings settings, string sampler, string parameter, JsonElement value, string name)
    {
        return (sampler, parameter) switch
        {
            ("penalties", "last_n") => settings with { PenaltyLastN = Integer() },
            ("penalties", "repeat") => settings with { RepeatPenalty = Float() },
            ("penalties", "freq") => settings with { FrequencyPenalty = Float() },
            ("penalties", "present") => settings with { PresencePenalty = Float() },
            ("dry", "multiplier") => settings with { DryMultiplier = Float() },
            ("dry", "base") => settings with { DryBase = Float() },
            ("dry", "allowed") => settings with { DryAllowedLength = Integer() },
            ("dry", "last_n") => settings with { DryPenaltyLastN = Integer() },
            ("dry", "breakers") => settings with { DryBreakerTokens = Breakers() },
            ("top_n_sigma", "n") => settings with { TopNSigma = Float() },
            ("top_k", "k") => settings with { TopK = Integer() },
            ("typ_p", "p") => settings with { TypicalP = Float() },
            ("top_p", "p") => settings with { TopP = Float() },
            ("min_p", "p") => settings with { MinP = Float() },
            ("typ_p" or "top_p" or "min_p" or "xtc", "min_keep") => settings with { MinKeep = Integer() },
            ("xtc", "threshold") => settings with { XtcThreshold = Float() },
            ("xtc", "probability") => settings with { XtcProbability = Float() },
            ("temperature", "t") => settings with { Temperature = Float() },
            ("temperature", "range") => settings with { DynamicTemperatureRange = Float() },
            ("temperature", "exponent") => settings with { DynamicTemperatureExponent = Float() },
            ("logit_bias", "bias") => settings with { LogitBiases = Biases() },
            ("mirostat" or "mirostat_v2", "tau") => settings with { MirostatTau = Float() },
            ("mirostat" or "mirostat_v2", "eta") => settings with { MirostatEta = Float() },
            ("mirostat", "m") => settings with { MirostatM = Integer() },
            _ => throw new SamplingException($"{name} is not a parameter of {sampler}."),
        };

        int Integer() => ScriptReader.Integer(value, name);

        float Float() => ScriptReader.Float(value, name);

        IReadOnlyList<int[]> Breakers() =>
            [.. Elements("an array of token sequences").Select((breaker, i) => ScriptReader.Tokens(breaker, $"{name}[{i}]"))];

        IReadOnlyList<LogitBias> Biases() =>
            [.. Elements("an array of [token, bias] pairs").Select((pair, i) => Bias(pair, $"{name}[{i}]"))];

        IEnumerable<JsonElement> Elements(string what) =>
            value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : throw new SamplingException($"{name} must be {what}.");
    }

    private static LogitBias Bias(JsonElement pair, string name)
    {
        if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2)
            throw new SamplingException($"{name} must be a [token, bias] pair.");
        return new LogitBias(ScriptReader.Token(pair[0], $"{name}[0]"), ScriptReader.Float(pair[1], $"{name}[1]"));
    }
}
