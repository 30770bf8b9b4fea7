using Hearth.Engine.Sampling;

namespace Hearth.Engine.Sessions;

/// <summary>What one token added to the text.</summary>
/// <param name="Token">The token; -1 for text that was held back and follows the last token.</param>
/// <param name="Text">Text that is complete now: empty while a character or a possible stop string is unfinished.</param>
public readonly record struct GeneratedPiece(int Token, string Text)
{
    private readonly IReadOnlyList<TokenLogProbability>? top;

    /// <summary>The logarithm of the token's probability in the model's eyes; NaN unless it was asked for.</summary>
    public float LogProbability { get; init; } = float.NaN;

    /// <summary>The most probable tokens in this place, best first; as many as <see cref="GenerationOptions.TopLogProbabilities"/> asks for.</summary>
    public IReadOnlyList<TokenLogProbability> Top
    {
        get => top ?? [];
        init => top = value;
    }
}
