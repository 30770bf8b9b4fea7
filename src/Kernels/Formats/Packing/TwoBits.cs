using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Packing;

// 64 bytes hold 256 two-bit codes. Each half of 128 codes has 32 bytes; code 32 k + l of the half is bits 2k..2k+1 of byte l.

/// <summary>The order of two-bit codes that <see cref="Q2_K"/> and <see cref="Q3_K"/> share.</summary>
internal static class TwoBits
{
    internal const int Bytes = 64;

    private const int HalfCodes = 128;
    private const int HalfBytes = 32;

    /// <summary>Code <paramref name="i"/> of 256.</summary>
    internal static int Unpack(ReadOnlySpan<byte> bytes, int i)
        => (bytes[(i / HalfCodes * HalfBytes) + (i % HalfBytes)] >> (i % HalfCodes / HalfBytes * 2)) & 3;

    /// <summary>Packs 256 codes below 4.</summary>
    internal static void Pack(ReadOnlySpan<byte> q, Span<byte> bytes)
    {
        for (int half = 0; half < 2; half++)
        {
            ReadOnlySpan<byte> codes = q.Slice(half * HalfCodes, HalfCodes);
            Vector256<byte> packed = Vector256.Create(codes)
                | (Vector256.Create(codes[32..]) << 2) | (Vector256.Create(codes[64..]) << 4) | (Vector256.Create(codes[96..]) << 6);
            packed.CopyTo(bytes[(half * HalfBytes)..]);
        }
    }
}
