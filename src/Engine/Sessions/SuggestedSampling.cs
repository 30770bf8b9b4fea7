using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Sessions;

/// <summary>How a model's makers would draw its tokens: the keys <c>general.sampling.*</c> over Hearth's defaults.</summary>
/// <remarks>
/// Source: llama.cpp's keys of that name. The order of samplers (<c>sequence</c>) is not taken over: it may name samplers that do not exist here.
/// </remarks>
internal static class SuggestedSampling
{
    private const string Prefix = "general.sampling.";

    /// <summary>Reads the keys.</summary>
    /// <exception cref="InvalidModelException">A key is of another kind or out of its range.</exception>
    public static SamplerSettings Read(GgufMetadata metadata)
    {
        var defaults = new SamplerSettings();
        var settings = defaults with
        {
            Temperature = metadata.GetSingle(Prefix + "temp", defaults.Temperature),
            TopK = metadata.GetInt32(Prefix + "top_k", defaults.TopK),
            TopP = metadata.GetSingle(Prefix + "top_p", defaults.TopP),
            MinP = metadata.GetSingle(Prefix + "min_p", defaults.MinP),
            XtcProbability = metadata.GetSingle(Prefix + "xtc_probability", defaults.XtcProbability),
            XtcThreshold = metadata.GetSingle(Prefix + "xtc_threshold", defaults.XtcThreshold),
            PenaltyLastN = metadata.GetInt32(Prefix + "penalty_last_n", defaults.PenaltyLastN),
            RepeatPenalty = metadata.GetSingle(Prefix + "penalty_repeat", defaults.RepeatPenalty),
            Mirostat = metadata.GetInt32(Prefix + "mirostat", defaults.Mirostat),
            MirostatTau = metadata.GetSingle(Prefix + "mirostat_tau", defaults.MirostatTau),
            MirostatEta = metadata.GetSingle(Prefix + "mirostat_eta", defaults.MirostatEta),
        };
        try
        {
            settings.Validate();
        }
        catch (SamplingException e)
        {
            throw new InvalidModelException($"{metadata.Name}: the sampling that it suggests cannot be used: {e.Message}", e);
        }

        return settings;
    }
}
