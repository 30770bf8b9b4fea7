using System.CommandLine;
using System.Globalization;
using Hearth.Engine.Sampling;

namespace Hearth.Cli.Commands;

/// <summary>All sampling parameters, with llama.cpp's names and defaults.</summary>
internal sealed class SamplerFlags
{
    private readonly Option<string[]>[] options;

    /// <summary>Gives a command the flags.</summary>
    public SamplerFlags(Command command)
    {
        options = new Option<string[]>[All.Count];
        for (int i = 0; i < options.Length; i++)
        {
            var flag = All[i];
            command.Add(options[i] = Flag.Texts(flag.Name, flag.Aliases, flag.Value, flag.Description));
        }
    }

    /// <summary>The parameters in the order of help texts.</summary>
    public static IReadOnlyList<SamplerFlag> All { get; } =
    [
        new("--samplers", [], "NAMES", $"samplers in order, separated by ';' (default: {string.Join(';', SamplerCatalog.DefaultOrder)})",
            (s, v) => s with { Samplers = SamplerCatalog.ParseNames(v[^1]) }, s => string.Join(';', s.Samplers)),
        new("--sampling-seq", ["--sampler-seq"], "LETTERS", "the same in letters (default: edskypmxt)",
            (s, v) => s with { Samplers = SamplerCatalog.ParseLetters(v[^1]) }, s => string.Join(';', s.Samplers)),
        new("--seed", ["-s"], "N", "seed of the random numbers; the same seed tells the same story (default: another each time; -1 too)",
            (s, v) => s with { Seed = ToSeed(v[^1]) }, s => s.Seed?.ToString(CultureInfo.InvariantCulture) ?? "another each time"),
        Number("--temp", ["--temperature"], "randomness; 0 always takes the best token (default: 0.8)",
            (s, x) => s with { Temperature = x }, s => s.Temperature),
        Number("--dynatemp-range", [], "half the range of the dynamic temperature (default: 0, off)",
            (s, x) => s with { DynamicTemperatureRange = x }, s => s.DynamicTemperatureRange),
        Number("--dynatemp-exp", [], "exponent of the dynamic temperature (default: 1)",
            (s, x) => s with { DynamicTemperatureExponent = x }, s => s.DynamicTemperatureExponent),
        Integer("--top-k", [], "number of best tokens kept (default: 40; 0: all)", (s, n) => s with { TopK = n }, s => s.TopK),
        Number("--top-p", [], "probability mass of the best tokens kept (default: 0.95; 1: off)",
            (s, x) => s with { TopP = x }, s => s.TopP),
        Number("--min-p", [], "least probability kept, as a fraction of the best token's (default: 0.05; 0: off)",
            (s, x) => s with { MinP = x }, s => s.MinP),
        Number("--typical", ["--typical-p"], "probability mass of the most typical tokens kept (default: 1, off)",
            (s, x) => s with { TypicalP = x }, s => s.TypicalP),
        Number("--top-nsigma", ["--top-n-sigma"], "standard deviations below the best logit that are kept (default: -1, off)",
            (s, x) => s with { TopNSigma = x }, s => s.TopNSigma),
        Number("--xtc-probability", [], "chance that xtc drops the likeliest tokens (default: 0, off)",
            (s, x) => s with { XtcProbability = x }, s => s.XtcProbability),
        Number("--xtc-threshold", [], "probability from which xtc drops tokens (default: 0.1; above 0.5: off)",
            (s, x) => s with { XtcThreshold = x }, s => s.XtcThreshold),
        Integer("--repeat-last-n", [], "tokens that penalties look back at (default: 64; 0: off; -1: all)",
            (s, n) => s with { PenaltyLastN = n }, s => s.PenaltyLastN),
        Number("--repeat-penalty", [], "divides the logits of tokens already seen (default: 1, off)",
            (s, x) => s with { RepeatPenalty = x }, s => s.RepeatPenalty),
        Number("--presence-penalty", [], "subtracted from the logits of tokens already seen (default: 0, off)",
            (s, x) => s with { PresencePenalty = x }, s => s.PresencePenalty),
        Number("--frequency-penalty", [], "subtracted for each time a token was seen (default: 0, off)",
            (s, x) => s with { FrequencyPenalty = x }, s => s.FrequencyPenalty),
        Number("--dry-multiplier", [], "penalty of the shortest repetition (default: 0, off)",
            (s, x) => s with { DryMultiplier = x }, s => s.DryMultiplier),
        Number("--dry-base", [], "factor for each repeated token more (default: 1.75)", (s, x) => s with { DryBase = x }, s => s.DryBase),
        Integer("--dry-allowed-length", [], "longest repetition without a penalty, plus one (default: 2)",
            (s, n) => s with { DryAllowedLength = n }, s => s.DryAllowedLength),
        Integer("--dry-penalty-last-n", [], "tokens that dry looks back at (default: 64; 0: off; -1: all)",
            (s, n) => s with { DryPenaltyLastN = n }, s => s.DryPenaltyLastN),
        new("--dry-sequence-breaker", [], "TEXT",
            "text that ends a repetition, several times; replaces newline, colon, quote and asterisk; 'none' for none",
            (s, v) => s with { DrySequenceBreakers = [.. v.Where(text => text != "none").Select(Escapes.Resolve)] },
            s => string.Join(' ', s.DrySequenceBreakers.Select(text => $"'{Rendering.Printable.Line(text)}'"))),
        Integer("--mirostat", [], "mirostat's version, 1 or 2, instead of all samplers but the temperature (default: 0, off)",
            (s, n) => s with { Mirostat = n }, s => s.Mirostat),
        Number("--mirostat-ent", [], "mirostat's target surprise tau in bits (default: 5)",
            (s, x) => s with { MirostatTau = x }, s => s.MirostatTau),
        Number("--mirostat-lr", [], "mirostat's learning rate eta (default: 0.1)",
            (s, x) => s with { MirostatEta = x }, s => s.MirostatEta),
        new("--logit-bias", ["-l"], "ID+N", "adds to the logit of a token, several times: 15043+1, 15043-1.5, 15043-inf",
            (s, v) => s with { LogitBiases = [.. v.Select(ToBias)] },
            s => string.Join(' ', s.LogitBiases.Select(bias => FormattableString.Invariant($"{bias.Token}{bias.Bias:+0.###;-0.###}")))),
    ];

    /// <summary>Finds a parameter by any of its names, with or without dashes in front.</summary>
    public static SamplerFlag? Find(string name)
    {
        string bare = name.TrimStart('-').Replace('_', '-');
        foreach (var flag in All)
        {
            if (flag.Name.AsSpan(2).SequenceEqual(bare) || flag.Aliases.Any(alias => alias.TrimStart('-') == bare))
                return flag;
        }

        return null;
    }

    /// <summary>What the flags make of the defaults.</summary>
    /// <exception cref="CommandException">A value is not of its kind.</exception>
    /// <exception cref="SamplingException">A value is out of its range.</exception>
    public SamplerSettings Read(ParseResult line, SamplerSettings defaults)
    {
        var settings = defaults;
        for (int i = 0; i < options.Length; i++)
        {
            if (line.GetResult(options[i]) is not null && line.GetValue(options[i]) is { Length: > 0 } values)
                settings = All[i].Apply(settings, values);
        }

        settings.Validate();
        return settings;
    }

    private static SamplerFlag Number(
        string name,
        string[] aliases,
        string description,
        Func<SamplerSettings, float, SamplerSettings> apply,
        Func<SamplerSettings, float> show)
        => new(
            name,
            aliases,
            "N",
            description,
            (settings, values) => apply(settings, Flag.ToNumber(name, values[^1])),
            settings => show(settings).ToString(CultureInfo.InvariantCulture));

    private static SamplerFlag Integer(
        string name,
        string[] aliases,
        string description,
        Func<SamplerSettings, int, SamplerSettings> apply,
        Func<SamplerSettings, int> show)
        => new(
            name,
            aliases,
            "N",
            description,
            (settings, values) => apply(settings, Flag.ToInteger(name, values[^1])),
            settings => show(settings).ToString(CultureInfo.InvariantCulture));

    private static ulong? ToSeed(string text)
    {
        if (text == "-1")
            return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed)
            ? seed
            : throw new CommandException(
                $"--seed takes a whole number of 64 bits, 0 or more, or -1 for another each time; '{text}' is none.");
    }

    private static LogitBias ToBias(string text)
    {
        int sign = text.AsSpan().IndexOfAny('+', '-');
        if (sign > 0
            && int.TryParse(text.AsSpan(0, sign), NumberStyles.None, CultureInfo.InvariantCulture, out int token))
        {
            if (text.AsSpan(sign).Equals("-inf", StringComparison.OrdinalIgnoreCase))
                return new LogitBias(token, float.NegativeInfinity);
            if (float.TryParse(text.AsSpan(sign), NumberStyles.Float, CultureInfo.InvariantCulture, out float bias))
                return new LogitBias(token, bias);
        }

        throw new CommandException(
            $"--logit-bias takes a token id, a sign and a number, such as 15043+1 or 15043-inf; '{text}' is not so.");
    }
}
