using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Packing;

/// <summary>Two 4-bit codes a byte.</summary>
internal static class Nibbles
{
    /// <summary><c>bytes[j] = low[j] | high[j] &lt;&lt; 4</c>, for codes below 16 and whole groups of 16.</summary>
    internal static void Pack(ReadOnlySpan<byte> low, ReadOnlySpan<byte> high, Span<byte> bytes)
    {
        for (int j = 0; j < low.Length; j += Vector128<byte>.Count)
            (Vector128.Create(low[j..]) | (Vector128.Create(high[j..]) << 4)).CopyTo(bytes[j..]);
    }

    /// <summary><c>bytes[k] = codes[2k] | codes[2k + 1] &lt;&lt; 4</c>, for codes below 16.</summary>
    internal static void PackPairs(ReadOnlySpan<byte> codes, Span<byte> bytes)
    {
        for (int k = 0; k < codes.Length / 2; k++)
            bytes[k] = (byte)(codes[2 * k] | (codes[(2 * k) + 1] << 4));
    }
}
