using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Matmul;

/// <summary>One row's dword of a line whose byte j has column 4q + j of 32 columns in its bit q.</summary>
internal static class BitQuads
{
    /// <summary>Packs 32 bits in the order of their columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Pack(uint columns)
    {
        uint quads = 0;
        for (int j = 0; j < 4; j++)
            quads |= EveryFourthBit(columns >> j) << (8 * j);
        return quads;
    }

    /// <summary>Bits 0, 4, 8 .. 28 side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint EveryFourthBit(uint bits)
    {
        bits &= 0x1111_1111;
        bits = (bits | (bits >> 3)) & 0x0303_0303;
        bits = (bits | (bits >> 6)) & 0x000F_000F;
        return (bits | (bits >> 12)) & 0xFF;
    }
}
