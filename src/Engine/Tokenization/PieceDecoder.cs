using System.Buffers;
using System.Text;
using CommunityToolkit.HighPerformance.Buffers;

namespace Hearth.Engine.Tokenization;

/// <summary>
/// Turns tokens into text as they are generated. A character whose bytes are spread over several tokens appears with the last of
/// them, so that every text handed out is whole. One decoder serves one stream, on one thread at a time.
/// </summary>
/// <remarks>
/// The texts together are what <see cref="ITokenizer.Decode"/> gives for all tokens, before it cleans spaces. The texts of short pieces
/// come from a pool: a steady stream allocates nothing for a piece that has appeared lately.
/// </remarks>
public sealed class PieceDecoder
{
    private const int LongestPooledPiece = 32;

    private readonly ITokenizer tokenizer;
    private readonly bool showSpecial;
    private readonly bool startsText;
    private byte[] pending = new byte[16];
    private int pendingLength;
    private bool dropSpace;

    /// <summary>Makes a decoder.</summary>
    /// <param name="tokenizer">The vocabulary.</param>
    /// <param name="showSpecial">Whether control tokens appear as their text or vanish.</param>
    /// <param name="startsText">
    /// Whether the first token begins a text, so that the space which the vocabulary puts before a text is taken away; generated text
    /// continues a prompt instead.
    /// </param>
    public PieceDecoder(ITokenizer tokenizer, bool showSpecial = false, bool startsText = false)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        this.tokenizer = tokenizer;
        this.showSpecial = showSpecial;
        this.startsText = startsText;
        dropSpace = startsText && tokenizer.AddsSpacePrefix;
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="id">The token.</param>
    /// <returns>The text that is complete now; often the token's own, empty while a character is incomplete.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="id"/> is not in the vocabulary.</exception>
    public string Append(int id)
    {
        var piece = tokenizer.Piece(id, showSpecial);
        if (dropSpace && piece.StartsWith((byte)' ')) piece = piece[1..];
        dropSpace = false;
        if (pendingLength > 0)
        {
            Keep(piece);
            piece = pending.AsSpan(0, pendingLength);
        }

        var whole = WholeLength(piece);
        var text = Text(piece[..whole]);
        var rest = piece[whole..];
        pendingLength = 0;
        Keep(rest);
        return text;
    }

    /// <summary>Ends the stream; the decoder is then as new.</summary>
    /// <returns>U+FFFD for a character that has remained incomplete, or nothing.</returns>
    public string Flush()
    {
        var text = Text(pending.AsSpan(0, pendingLength));
        pendingLength = 0;
        dropSpace = startsText && tokenizer.AddsSpacePrefix;
        return text;
    }

    // What the bytes are without a sequence at their end that could still become a character.
    private static int WholeLength(ReadOnlySpan<byte> bytes)
    {
        const int longestSequence = 4;
        for (var start = Math.Max(0, bytes.Length - longestSequence + 1); start < bytes.Length; start++)
        {
            if (Rune.DecodeFromUtf8(bytes[start..], out _, out _) == OperationStatus.NeedMoreData) return start;
        }

        return bytes.Length;
    }

    private static string Text(ReadOnlySpan<byte> utf8) => utf8.IsEmpty ? string.Empty
        : utf8.Length <= LongestPooledPiece ? StringPool.Shared.GetOrAdd(utf8, Encoding.UTF8)
        : Encoding.UTF8.GetString(utf8);

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (pendingLength + bytes.Length > pending.Length) Array.Resize(ref pending, pendingLength + bytes.Length);
        bytes.CopyTo(pending.AsSpan(pendingLength));
        pendingLength += bytes.Length;
    }
}
