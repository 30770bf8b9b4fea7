using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Matmul;

/// <summary>One row's dword of a line whose byte j holds columns j, 4 + j, 8 + j and 12 + j of a group of 16 in its four pairs of bits.</summary>
internal static unsafe class TwoBitQuads
{
    /// <summary>Packs the pairs of bits at <paramref name="shift"/> of 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(byte* source, int shift)
    {
        uint quads = 0;
        for (int quad = 0; quad < 4; quad++)
            quads |= ((*(uint*)(source + (4 * quad)) >> shift) & 0x0303_0303) << (2 * quad);
        return quads;
    }

    /// <summary>Packs 16 columns that lie side by side, the first in the lowest bits: a square of four by four pairs of bits, turned over.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Transpose(uint columns)
    {
        uint swapped = (columns ^ (columns >> 6)) & 0x00CC_00CC;
        columns ^= swapped ^ (swapped << 6);
        swapped = (columns ^ (columns >> 12)) & 0x0000_F0F0;
        return columns ^ swapped ^ (swapped << 12);
    }
}
