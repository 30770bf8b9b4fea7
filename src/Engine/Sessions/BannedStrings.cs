using System.Text;
using Hearth.Engine.Sampling;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Sessions;

/// <summary>
/// Keeps strings out of what is generated, also where several tokens would make one together: refuses the token that would complete one.
/// A string that begins in the prompt is not looked for. Compares UTF-8 bytes, so a character spread over tokens counts.
/// </summary>
internal sealed class BannedStrings : ITokenMask
{
    private readonly ITokenizer tokenizer;
    private readonly bool showSpecial;
    private readonly byte[][] banned;

    // The end of the text, one byte shorter than the longest string; behind it, room for a token.
    private readonly int longestTail;
    private byte[] window;
    private int tail;

    public BannedStrings(IEnumerable<string> strings, ITokenizer tokenizer, bool showSpecial)
    {
        this.tokenizer = tokenizer;
        this.showSpecial = showSpecial;
        banned = [.. strings.Where(text => text.Length > 0).Select(Encoding.UTF8.GetBytes)];
        longestTail = banned.Length == 0 ? 0 : banned.Max(bytes => bytes.Length) - 1;
        window = new byte[longestTail + 64];
    }

    /// <summary>Whether nothing is banned.</summary>
    public bool IsEmpty => banned.Length == 0;

    /// <inheritdoc/>
    public bool Allows(int token)
    {
        int length = Extend(token);
        if (length == tail)
            return true;
        foreach (byte[] text in banned)
        {
            if (window.AsSpan(0, length).IndexOf(text) >= 0)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Apply(Span<float> logits)
    {
        for (int token = 0; token < logits.Length; token++)
        {
            if (!float.IsNegativeInfinity(logits[token]) && !Allows(token))
                logits[token] = float.NegativeInfinity;
        }
    }

    /// <summary>Goes on behind a token that was drawn.</summary>
    public void Append(int token)
    {
        int length = Extend(token);
        tail = Math.Min(length, longestTail);
        window.AsSpan(length - tail, tail).CopyTo(window);
    }

    private int Extend(int token)
    {
        var piece = tokenizer.Piece(token, showSpecial);
        if (window.Length < tail + piece.Length)
            Array.Resize(ref window, tail + piece.Length);
        piece.CopyTo(window.AsSpan(tail));
        return tail + piece.Length;
    }
}
