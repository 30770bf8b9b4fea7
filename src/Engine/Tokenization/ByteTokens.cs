namespace Hearth.Engine.Tokenization;

/// <summary>The tokens for single bytes, for text that no other piece covers: <c>&lt;0x0A&gt;</c>, or failing that the byte itself.</summary>
internal static class ByteTokens
{
    private const int TextLength = 6;

    /// <summary>Finds the token of each byte value.</summary>
    /// <param name="pieces">The vocabulary.</param>
    /// <param name="otherwise">The token for a byte that has none; -1 leaves it out.</param>
    /// <returns>256 ids.</returns>
    public static int[] Find(PieceTable pieces, int otherwise)
    {
        var ids = new int[256];
        Span<byte> text = stackalloc byte[TextLength];
        "<0x00>"u8.CopyTo(text);
        for (var value = 0; value < 256; value++)
        {
            text[3] = "0123456789ABCDEF"u8[value >> 4];
            text[4] = "0123456789ABCDEF"u8[value & 15];
            ids[value] = pieces.Find(text);
            if (ids[value] < 0) ids[value] = pieces.Find([(byte)value]);
            if (ids[value] < 0) ids[value] = otherwise;
        }

        return ids;
    }

    /// <summary>The token of a line break, or -1.</summary>
    public static int FindNewline(PieceTable pieces)
    {
        var id = pieces.Find("\n"u8);
        return id >= 0 ? id : pieces.Find("<0x0A>"u8);
    }

    /// <summary>Reads <c>&lt;0x0A&gt;</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out byte value)
    {
        value = 0;
        return text.Length == TextLength && text.StartsWith("<0x") && text[5] == '>'
            && byte.TryParse(text[3..5], System.Globalization.NumberStyles.AllowHexSpecifier, null, out value);
    }
}
