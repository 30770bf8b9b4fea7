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

    /// <summary>Spells a byte.</summary>
    public static char Letter(byte value) => (char)Array.IndexOf(ByteOf, value);

    /// <summary>Reads a piece; <see langword="false"/> when it contains a character that is no letter of the alphabet.</summary>
    /// <param name="piece">Letters.</param>
    /// <param name="bytes">Receives one byte a letter.</param>
    public static bool TryDecode(ReadOnlySpan<char> piece, Span<byte> bytes)
    {
        var table = ByteOf;
        for (var i = 0; i < piece.Length; i++)
        {
            var c = piece[i];
            if (c >= table.Length || table[c] < 0) return false;
            bytes[i] = (byte)table[c];
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
