namespace Hearth.Engine.Sampling;

/// <summary>
/// How tokens are drawn: llama.cpp's parameters with their names, meanings and defaults. Immutable; derive variants with <c>with</c>.
/// Values are checked when a <see cref="SamplerChain"/> is made from them, or by <see cref="Validate"/>.
/// </summary>
public sealed record SamplerSettings
{
    /// <summary>Always the most probable token, the first of equals; logit bias and penalties still act if they are set.</summary>
    public static SamplerSettings Greedy { get; } = new() { Samplers = ["penalties", "dry", "temperature"], Temperature = 0 };

    /// <summary>The samplers in their order, by the names of <see cref="SamplerCatalog"/>. One that is missing does not act.</summary>
    public IReadOnlyList<string> Samplers { get; init; } = SamplerCatalog.DefaultOrder;

    /// <summary>Key of the random numbers; null lets the chain choose one (see <see cref="SamplerChain.Seed"/>).</summary>
    public ulong? Seed { get; init; }

    /// <summary>Fewest candidates that top_p, typ_p, min_p and xtc leave.</summary>
    public int MinKeep { get; init; }

    /// <summary>Logits are divided by it; zero or less takes the best token.</summary>
    public float Temperature { get; init; } = 0.8f;

    /// <summary>Half the range of the dynamic temperature; zero switches it off.</summary>
    public float DynamicTemperatureRange { get; init; }

    /// <summary>Exponent by which the normalised entropy sets the dynamic temperature.</summary>
    public float DynamicTemperatureExponent { get; init; } = 1;

    /// <summary>Number of best tokens kept; zero or less keeps all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>Probability mass of the best tokens kept; 1 switches it off.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Least probability kept, as a fraction of the best token's; 0 switches it off.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>Probability mass of the most typical tokens kept; 1 switches it off.</summary>
    public float TypicalP { get; init; } = 1;

    /// <summary>Standard deviations below the best logit that are kept; zero or less switches it off.</summary>
    public float TopNSigma { get; init; } = -1;

    /// <summary>Chance that xtc acts on a token; 0 switches it off.</summary>
    public float XtcProbability { get; init; }

    /// <summary>Probability from which xtc drops tokens; above 0.5 switches it off.</summary>
    public float XtcThreshold { get; init; } = 0.1f;

    /// <summary>Tokens of the history that penalties look at; 0 switches them off, -1 takes all.</summary>
    public int PenaltyLastN { get; init; } = 64;

    /// <summary>Divides the logits of tokens already seen; 1 switches it off.</summary>
    public float RepeatPenalty { get; init; } = 1;

    /// <summary>Subtracted from a token's logit for each time it was seen.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Subtracted from a token's logit if it was seen.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Penalty of a shortest repetition; 0 switches dry off.</summary>
    public float DryMultiplier { get; init; }

    /// <summary>Factor of dry's penalty for each repeated token more; below 1 switches dry off.</summary>
    public float DryBase { get; init; } = 1.75f;

    /// <summary>Longest repetition that dry does not penalise, plus one.</summary>
    public int DryAllowedLength { get; init; } = 2;

    /// <summary>Tokens of the history that dry looks at; 0 switches it off, -1 takes all.</summary>
    public int DryPenaltyLastN { get; init; } = 64;

    /// <summary>Texts that end what dry sees as one repetition.</summary>
    public IReadOnlyList<string> DrySequenceBreakers { get; init; } = ["\n", ":", "\"", "*"];

    /// <summary>
    /// <see cref="DrySequenceBreakers"/> as token sequences of the model at hand, from <see cref="DryBreakers.Resolve"/>. Needed when
    /// dry acts and there are breakers; takes their place when set.
    /// </summary>
    public IReadOnlyList<int[]>? DryBreakerTokens { get; init; }

    /// <summary>Mirostat's version, 1 or 2; 0 switches it off. With it the chain is temperature and mirostat alone.</summary>
    public int Mirostat { get; init; }

    /// <summary>Mirostat's target surprise in bits.</summary>
    public float MirostatTau { get; init; } = 5;

    /// <summary>Mirostat's learning rate.</summary>
    public float MirostatEta { get; init; } = 0.1f;

    /// <summary>Tokens from which mirostat's first version estimates the shape of the distribution.</summary>
    public int MirostatM { get; init; } = 100;

    /// <summary>Numbers added to single logits before all samplers.</summary>
    public IReadOnlyList<LogitBias> LogitBiases { get; init; } = [];

    /// <summary>Whether dry acts.</summary>
    internal bool DryActs => DryMultiplier > 0 && DryBase >= 1 && DryPenaltyLastN != 0;

    /// <summary>Checks every value.</summary>
    /// <exception cref="SamplingException">A value is out of its range; the message names it.</exception>
    public void Validate()
    {
        for (int i = 0; i < Samplers.Count; i++)
        {
            if (SamplerCatalog.Find(Samplers[i]).Name == "greedy" && i < Samplers.Count - 1)
                throw new SamplingException("Sampler 'greedy' chooses the token; it must be the last of the order.");
        }

        Require(MinKeep >= 0, "min_keep", MinKeep, "0 or more");
        Require(float.IsFinite(Temperature), "temperature", Temperature, "a finite number (0 takes the best token)");
        RequireNotNegative(DynamicTemperatureRange, "dynatemp_range");
        RequireNotNegative(DynamicTemperatureExponent, "dynatemp_exponent");
        RequireUnit(TopP, "top_p", "1 is off");
        RequireUnit(MinP, "min_p", "0 is off");
        RequireUnit(TypicalP, "typical_p", "1 is off");
        Require(float.IsFinite(TopNSigma), "top_n_sigma", TopNSigma, "a finite number (0 or less is off)");
        RequireUnit(XtcProbability, "xtc_probability", "0 is off");
        RequireUnit(XtcThreshold, "xtc_threshold", "above 0.5 is off");
        Require(PenaltyLastN >= -1, "repeat_last_n", PenaltyLastN, "-1 (all), 0 (off) or more");
        Require(RepeatPenalty > 0 && float.IsFinite(RepeatPenalty), "repeat_penalty", RepeatPenalty, "above 0 (1 is off)");
        Require(float.IsFinite(FrequencyPenalty), "frequency_penalty", FrequencyPenalty, "a finite number (0 is off)");
        Require(float.IsFinite(PresencePenalty), "presence_penalty", PresencePenalty, "a finite number (0 is off)");
        RequireNotNegative(DryMultiplier, "dry_multiplier");
        Require(float.IsFinite(DryBase), "dry_base", DryBase, "a finite number (below 1 is off)");
        Require(DryAllowedLength >= 0, "dry_allowed_length", DryAllowedLength, "0 or more");
        Require(DryPenaltyLastN >= -1, "dry_penalty_last_n", DryPenaltyLastN, "-1 (all), 0 (off) or more");
        Require(Mirostat is >= 0 and <= 2, "mirostat", Mirostat, "0 (off), 1 or 2");
        RequireNotNegative(MirostatTau, "mirostat_tau");
        RequireNotNegative(MirostatEta, "mirostat_eta");
        Require(MirostatM >= 1, "mirostat_m", MirostatM, "1 or more");
        foreach (LogitBias bias in LogitBiases)
        {
            Require(
                float.IsFinite(bias.Bias) || float.IsNegativeInfinity(bias.Bias),
                $"logit_bias of token {bias.Token}",
                bias.Bias,
                "a finite number or minus infinity");
        }
    }

    private static void RequireUnit(float value, string name, string off) =>
        Require(value is >= 0 and <= 1, name, value, $"between 0 and 1 ({off})");

    private static void RequireNotNegative(float value, string name) =>
        Require(value >= 0 && float.IsFinite(value), name, value, "0 or more and finite");

    private static void Require(bool condition, string name, float value, string range)
    {
        if (!condition)
            throw new SamplingException(FormattableString.Invariant($"{name} is {value}; it must be {range}."));
    }
}
