using Hearth.Engine.Sampling.Samplers;

namespace Hearth.Engine.Sampling;

/// <summary>
/// The samplers that an order may name: llama.cpp's names, its other spellings, and the letters of its short notation. A new sampler
/// is a file in Samplers/ and an entry here.
/// </summary>
public static class SamplerCatalog
{
    private static readonly Entry[] Entries =
    [
        new("penalties", 'e', [], Penalties),
        new("dry", 'd', [], Dry),
        new("top_n_sigma", 's', ["top-n-sigma"], (s, _) => s.TopNSigma > 0 ? new TopNSigmaSampler(s.TopNSigma) : null),
        new("top_k", 'k', ["top-k"], (s, _) => s.TopK > 0 ? new TopKSampler(s.TopK) : null),
        new("typ_p", 'y', ["typ-p", "typ", "typical", "typical-p", "typical_p"], Typical),
        new("top_p", 'p', ["top-p", "nucleus"], (s, _) => s.TopP < 1 ? new TopPSampler(s.TopP, s.MinKeep) : null),
        new("min_p", 'm', ["min-p"], (s, _) => s.MinP > 0 ? new MinPSampler(s.MinP, s.MinKeep) : null),
        new("xtc", 'x', [], Xtc),
        new("temperature", 't', ["temp", "dyn_temp"], Temperature),
        new("logit_bias", null, [], LogitBias),
        new("mirostat", null, [], (s, _) => new MirostatSampler(s.MirostatTau, s.MirostatEta, s.MirostatM)),
        new("mirostat_v2", null, [], (s, _) => new MirostatV2Sampler(s.MirostatTau, s.MirostatEta)),
        new("greedy", null, [], (_, _) => new GreedySampler()),
    ];

    /// <summary>
    /// The names in their default order. Beside these there are greedy, mirostat, mirostat_v2 and logit_bias, which settings
    /// put in their places by themselves.
    /// </summary>
    public static IReadOnlyList<string> DefaultOrder { get; } =
        [.. Entries.Where(entry => entry.Letter is not null).Select(entry => entry.Name)];

    /// <summary>
    /// Reads an order as llama.cpp's --samplers takes it: names separated by semicolons, in any of their spellings.
    /// </summary>
    /// <returns>The names for <see cref="SamplerSettings.Samplers"/>.</returns>
    /// <exception cref="SamplingException">A name is unknown.</exception>
    public static IReadOnlyList<string> ParseNames(string order)
    {
        string[] names = order.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. names.Select(name => Find(name).Name)];
    }

    /// <summary>Reads an order as llama.cpp's --sampling-seq takes it: one letter a sampler, edskypmxt by default.</summary>
    /// <returns>The names for <see cref="SamplerSettings.Samplers"/>.</returns>
    /// <exception cref="SamplingException">A letter is unknown.</exception>
    public static IReadOnlyList<string> ParseLetters(string order)
    {
        return [.. order.Select(NameOf)];

        static string NameOf(char letter) =>
            Array.Find(Entries, entry => entry.Letter == letter)?.Name
            ?? throw new SamplingException(
                $"Sampler '{letter}' is unknown; the letters are {string.Concat(Entries.Select(entry => entry.Letter))}.");
    }

    /// <summary>The chain's samplers for these settings, in order, without those that are off.</summary>
    internal static ISampler[] Create(SamplerSettings settings, int vocabularySize)
    {
        IEnumerable<string> order = settings.Mirostat switch
        {
            1 => ["temperature", "mirostat"],
            2 => ["temperature", "mirostat_v2"],
            _ => settings.Samplers,
        };
        return [.. order.Prepend("logit_bias").Select(name => Find(name).Create(settings, vocabularySize)).OfType<ISampler>()];
    }

    /// <summary>The entry of a name in any spelling.</summary>
    /// <exception cref="SamplingException">The name is unknown.</exception>
    internal static Entry Find(string name) =>
        Array.Find(Entries, entry => entry.Name == name || entry.OtherNames.Contains(name))
        ?? throw new SamplingException($"Sampler '{name}' is unknown; the samplers are {string.Join(", ", DefaultOrder)}.");

    private static LogitBiasSampler? LogitBias(SamplerSettings s, int vocabularySize) =>
        s.LogitBiases.Count > 0 ? new LogitBiasSampler(s.LogitBiases, vocabularySize) : null;

    private static PenaltiesSampler? Penalties(SamplerSettings s, int vocabularySize) =>
        s.PenaltyLastN == 0 || (s.RepeatPenalty == 1 && s.FrequencyPenalty == 0 && s.PresencePenalty == 0)
            ? null
            : new PenaltiesSampler(s.PenaltyLastN, s.RepeatPenalty, s.FrequencyPenalty, s.PresencePenalty, vocabularySize);

    private static DrySampler? Dry(SamplerSettings s, int vocabularySize)
    {
        if (!s.DryActs)
            return null;
        if (s.DryBreakerTokens is null && s.DrySequenceBreakers.Count > 0)
        {
            throw new SamplingException(
                "dry_sequence_breakers are texts that no tokenizer has turned into tokens; set DryBreakerTokens from DryBreakers.Resolve.");
        }

        return new DrySampler(
            s.DryMultiplier, s.DryBase, s.DryAllowedLength, s.DryPenaltyLastN, s.DryBreakerTokens ?? [], vocabularySize);
    }

    private static TypicalSampler? Typical(SamplerSettings s, int vocabularySize) =>
        s.TypicalP < 1 ? new TypicalSampler(s.TypicalP, s.MinKeep) : null;

    private static XtcSampler? Xtc(SamplerSettings s, int vocabularySize) =>
        s.XtcProbability > 0 && s.XtcThreshold <= 0.5f ? new XtcSampler(s.XtcProbability, s.XtcThreshold, s.MinKeep) : null;

    private static TemperatureSampler Temperature(SamplerSettings s, int vocabularySize) =>
        new(s.Temperature, s.DynamicTemperatureRange, s.DynamicTemperatureExponent);

    /// <summary>A sampler's names and how it is made; <see cref="Create"/> gives null when the settings switch it off.</summary>
    internal sealed record Entry(string Name, char? Letter, string[] OtherNames, Func<SamplerSettings, int, ISampler?> Create);
}
