using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Evaluation;

/// <summary>A stretch of a text that a model reads at once, and from where on its guesses count.</summary>
/// <param name="Tokens">The stretch.</param>
/// <param name="FirstScored">The first position whose guess of the next token counts; all that follow count too.</param>
public readonly record struct TextWindow(ReadOnlyMemory<int> Tokens, int FirstScored)
{
    /// <summary>Guesses that count.</summary>
    public int ScoredCount => Tokens.Length - 1 - FirstScored;

    /// <summary>
    /// Windows side by side; the second half of each counts, so that every guess knows at least half a window. What is left at the end
    /// counts nowhere.
    /// </summary>
    /// <param name="tokens">The text.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="special">The vocabulary's tokens: where texts begin with one, each window does, in place of its first token.</param>
    /// <exception cref="ArgumentOutOfRangeException">A window has fewer than 4 tokens.</exception>
    /// <remarks>Source: llama-perplexity.</remarks>
    public static IReadOnlyList<TextWindow> SideBySide(int[] tokens, int length, SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 4);
        var windows = new List<TextWindow>();
        for (int start = 0; start + length <= tokens.Length; start += length)
            windows.Add(new TextWindow(Begin(tokens.AsSpan(start, length), special), length / 2));
        return windows;
    }

    /// <summary>Windows that overlap: each begins <paramref name="stride"/> tokens after the one before and scores its last so many.</summary>
    /// <param name="tokens">The text.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="stride">From one window to the next, less than <paramref name="length"/>.</param>
    /// <param name="special">As for <see cref="SideBySide"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A window has fewer than 4 tokens, or the stride is not less.</exception>
    /// <remarks>Source: llama-perplexity with <c>--ppl-stride</c>.</remarks>
    public static IReadOnlyList<TextWindow> Overlapping(int[] tokens, int length, int stride, SpecialTokens special)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 4);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(stride, length);
        var windows = new List<TextWindow>();
        for (int start = 0; start + length <= tokens.Length; start += stride)
            windows.Add(new TextWindow(Begin(tokens.AsSpan(start, length), special), length - stride - 1));
        return windows;
    }

    private static int[] Begin(ReadOnlySpan<int> tokens, SpecialTokens special)
    {
        int[] window = tokens.ToArray();
        if (special.AddBos && special.Bos != SpecialTokens.None)
            window[0] = special.Bos;
        return window;
    }
}
