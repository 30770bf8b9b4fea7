namespace Hearth.Engine.Tokenization.LongestMatch;

/// <summary>Bytes as Python writes them between quotes: backslash with t, n, r or x and two digits, others as themselves.</summary>
internal static class PythonBytes
{
    /// <summary>Reads the bytes.</summary>
    /// <param name="escaped">The letters.</param>
    /// <param name="bytes">As long as the letters, or longer.</param>
    /// <param name="length">How many bytes were written.</param>
    /// <returns>Whether every backslash begins something that is known.</returns>
    public static bool TryRead(ReadOnlySpan<byte> escaped, Span<byte> bytes, out int length)
    {
        length = 0;
        while (!escaped.IsEmpty)
        {
            var taken = 1;
            var value = escaped[0];
            if (value == '\\' && !TryReadEscape(escaped[1..], out value, out taken)) return false;
            bytes[length++] = value;
            escaped = escaped[taken..];
        }

        return true;
    }

    private static bool TryReadEscape(ReadOnlySpan<byte> letters, out byte value, out int taken)
    {
        taken = 2;
        value = letters.IsEmpty ? (byte)0 : letters[0] switch
        {
            (byte)'t' => (byte)'\t',
            (byte)'n' => (byte)'\n',
            (byte)'r' => (byte)'\r',
            var other => other,
        };
        if (value != 'x') return !letters.IsEmpty;
        taken = 4;
        if (letters.Length < 3 || !char.IsAsciiHexDigit((char)letters[1]) || !char.IsAsciiHexDigit((char)letters[2])) return false;
        value = (byte)((Digit(letters[1]) << 4) | Digit(letters[2]));
        return true;
    }

    private static int Digit(byte letter) => letter <= '9' ? letter - '0' : (letter | 0x20) - 'a' + 10;
}
