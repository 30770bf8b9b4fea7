using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Codes of four bits, for eight numbers: byte 4r + j of line i has column 8i + j of row r in its low nibble and column 8i + 4 + j in its
/// high nibble. All 32 columns share a scale.
/// </summary>
internal readonly unsafe struct NibbleCodes : ICodebookLines
{
    public static int Bytes => 256;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(uint first, uint second, uint third, uint fourth, uint flags, int row, byte* lines)
    {
        lines += 4 * row;
        *(uint*)lines = first | (LowestOfEachNibble(flags) << 3);
        *(uint*)(lines + 64) = second | (LowestOfEachNibble(flags >> 8) << 3);
        *(uint*)(lines + 128) = third | (LowestOfEachNibble(flags >> 16) << 3);
        *(uint*)(lines + 192) = fourth | (LowestOfEachNibble(flags >> 24) << 3);
    }

    /// <summary>The lowest eight bits in the lowest places of nibbles: bit j and bit 4 + j in byte j, low and high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LowestOfEachNibble(uint bits)
    {
        return LowestOfEachByte(bits & 15) | (LowestOfEachByte((bits >> 4) & 15) << 4);

        // Four copies of the bits, seven apart: bit i of copy i is the lowest of byte i.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint LowestOfEachByte(uint bits) => (bits * 0x0020_4081) & 0x0101_0101;
    }

    public static int Unpack(ReadOnlySpan<byte> lines, int row, int column)
        => (lines[(64 * (column / 8)) + (4 * row) + (column % 4)] >> (column % 8 / 4 * 4)) & 15;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd<TRung, TTile, TFormat>(byte* lines, byte* scales, TRung table, byte* x, ref TTile totals)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
        where TFormat : struct, ICodebookFormat
    {
        var groupScales = TRung.LoadScales(scales);
        for (byte* end = lines + Bytes; lines < end; x += 4 * TTile.Tokens)
        {
            var sums = totals.StartDot(x, TFormat.SumColumns * TTile.Tokens);
            for (byte* sumEnd = lines + (8 * TFormat.SumColumns); lines < sumEnd; lines += 64, x += 8 * TTile.Tokens)
            {
                var both = TTile.LoadLine(lines);
                sums.Dot(TRung.Lookup(table, both), x, 0);
                sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4)), x, 4 * TTile.Tokens);
            }

            totals.ScaleAdd(sums, groupScales);
        }
    }
}
