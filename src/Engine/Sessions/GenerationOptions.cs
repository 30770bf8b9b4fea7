using Hearth.Engine.Sampling;

namespace Hearth.Engine.Sessions;

/// <summary>How text is generated.</summary>
public sealed record GenerationOptions
{
    /// <summary>The most tokens; negative for as many as the context holds.</summary>
    public int MaxTokens { get; init; } = -1;

    /// <summary>How tokens are chosen.</summary>
    public SamplerSettings Sampling { get; init; } = new();

    /// <summary>Texts that end the generation when they appear; they are not part of it.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>
    /// Texts that may not appear in what is generated, however tokens would make them up: a token that completes one is not drawn.
    /// </summary>
    public IReadOnlyList<string> BannedStrings { get; init; } = [];

    /// <summary>
    /// How many of the most probable tokens each <see cref="GeneratedPiece"/> names, beside the log-probability of its own token; null for
    /// neither. They are the model's own, before any sampler.
    /// </summary>
    public int? TopLogProbabilities { get; init; }

    /// <summary>Whether end-of-generation tokens are ordinary tokens.</summary>
    public bool IgnoreEndOfGeneration { get; init; }

    /// <summary>Told while the prompt is read, on the thread that reads it; null for nobody.</summary>
    public IProgress<PromptProgress>? PromptProgress { get; init; }

    /// <summary>Whether special tokens are written out.</summary>
    public bool ShowSpecial { get; init; }
}
