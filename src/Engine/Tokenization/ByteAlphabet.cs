namespace Hearth.Engine.Tokenization;

/// <summary>
/// The letters in which byte-level vocabularies spell bytes: a printable Latin-1 byte is its own character, the 68 others are
/// U+0100, U+0101 ... in order, so that no piece contains a space or a control character.
/// </summary>
/// <remarks>Source: <c>bytes_to_unicode</c> of the GPT-2 encoder.</remarks>
internal static class ByteAlphabet
{
    private const int Size = 256 + 68;

    // 0..255 the byte of a letter, -1 for a character that is no letter.
    private static readonly short[] ByteOf = CreateTable();

    /// <summary>Reads a piece; <see langword="false"/> when it contains a character that is no letter of the alphabet.</summary>
    /// <param name="piece">Letters in UTF-8; all of them have one or two bytes there.</param>
    /// <param name="bytes">Receives one byte a letter; at least as long as <paramref name="piece"/>.</param>
    /// <param name="length">The number of letters.</param>
    public static bool TryDecode(ReadOnlySpan<byte> piece, Span<byte> bytes, out int length)
    {
        length = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            int letter = piece[i];
            if (letter >= 0x80)
            {
                if (letter is < 0xC2 or > 0xC5 || ++i == piece.Length || (piece[i] & 0xC0) != 0x80) return false;
                letter = ((letter & 0x1F) << 6) | (piece[i] & 0x3F);
            }

            if (letter >= Size || ByteOf[letter] < 0) return false;
            bytes[length++] = (byte)ByteOf[letter];
        }

        return true;
    }

    private static short[] CreateTable()
    {
        var table = new short[Size];
        var next = 256;
        for (short value = 0; value < 256; value++)
        {
            if (value is (> 0x20 and <= 0x7E) or (>= 0xA1 and not 0xAD))
            {
                table[value] = value;
            }
            else
            {
                table[value] = -1;
                table[next++] = value;
            }
        }

        return table;
    }
}
