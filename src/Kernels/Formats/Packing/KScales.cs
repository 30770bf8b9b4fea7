namespace Hearth.Kernels.Formats.Packing;

// 12 bytes hold eight 6-bit scales s and eight 6-bit minima m:
//
//    bytes 0..3     s[j] in bits 0..5;  bits 6..7: bits 4..5 of s[j + 4]
//    bytes 4..7     m[j] in bits 0..5;  bits 6..7: bits 4..5 of m[j + 4]
//    bytes 8..11    low nibble: bits 0..3 of s[j + 4];  high nibble: bits 0..3 of m[j + 4]

/// <summary>The packed scales and minima that <see cref="Q4_K"/> and <see cref="Q5_K"/> share.</summary>
internal static class KScales
{
    internal const int Bytes = 12;
    internal const int Groups = 8;
    internal const int GroupWeights = 32;
    internal const int Top = 63;

    /// <summary>Scale and minimum of group <paramref name="j"/>.</summary>
    internal static (int Scale, int Minimum) Unpack(ReadOnlySpan<byte> bytes, int j)
        => j < 4
            ? (bytes[j] & 63, bytes[j + 4] & 63)
            : ((bytes[j + 4] & 15) | (bytes[j - 4] >> 6 << 4), (bytes[j + 4] >> 4) | (bytes[j] >> 6 << 4));

    internal static void Pack(ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima, Span<byte> bytes)
    {
        for (int j = 0; j < 4; j++)
        {
            bytes[j] = (byte)(scales[j] | (scales[j + 4] >> 4 << 6));
            bytes[j + 4] = (byte)(minima[j] | (minima[j + 4] >> 4 << 6));
            bytes[j + 8] = (byte)((scales[j + 4] & 15) | (minima[j + 4] << 4));
        }
    }
}
