using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Codes of three bits, for three numbers, in three lines: line i has columns 8i to 8i + 7 as <see cref="NibbleCodes"/> has them, and the bit
/// that each nibble has to spare is bit i of the code that column 24 + j (low nibble of byte 4r + j) or 28 + j (high nibble) of row r has.
/// </summary>
internal readonly unsafe struct ThreeBitCodes : ICodebookLines
{
    public static int Bytes => 192;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(uint first, uint second, uint third, uint fourth, uint flags, int row, byte* lines)
    {
        lines += 4 * row;
        fourth |= NibbleCodes.LowestOfEachNibble(flags >> 24) << 2;
        *(uint*)lines = first | (NibbleCodes.LowestOfEachNibble(flags) << 2) | ((fourth & 0x1111_1111) << 3);
        *(uint*)(lines + 64) = second | (NibbleCodes.LowestOfEachNibble(flags >> 8) << 2) | ((fourth & 0x2222_2222) << 2);
        *(uint*)(lines + 128) = third | (NibbleCodes.LowestOfEachNibble(flags >> 16) << 2) | ((fourth & 0x4444_4444) << 1);
    }

    public static int Unpack(ReadOnlySpan<byte> lines, int row, int column)
    {
        int at = (4 * row) + (column % 4);
        int shift = column % 8 / 4 * 4;
        if (column < 24)
            return (lines[(64 * (column / 8)) + at] >> shift) & 7;
        int spare = 8 << shift;
        return ((lines[at] & spare) | ((lines[64 + at] & spare) << 1) | ((lines[128 + at] & spare) << 2)) >> (shift + 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd<TRung, TTile, TFormat>(byte* lines, byte* scales, TRung table, byte* x, ref TTile totals)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
        where TFormat : struct, ICodebookFormat
    {
        var spare = TRung.BroadcastByte(0x88);
        var gathered = TRung.Zero;
        for (int half = 0; half < 2; half++)
        {
            var groupScales = TRung.LoadScales(scales);
            if (TFormat.GroupColumns == 16)
                scales += 16;
            var sums = totals.StartDot(x, TFormat.SumColumns * TTile.Tokens);
            for (int line = 0; line < 2; line++, x += 8 * TTile.Tokens)
            {
                // Two shifts bring the spare bits of the lines side by side, a third one to the place of a code.
                gathered = TRung.ShiftRight(gathered, 1);
                var both = gathered;
                if (half + line < 2)
                {
                    both = TTile.LoadLine(lines);
                    gathered = TRung.Insert(gathered, both, spare);
                    lines += 64;
                }

                if (TFormat.SumColumns == 8 && line > 0)
                {
                    totals.ScaleAdd(sums, groupScales);
                    x += 4 * TTile.Tokens;
                    sums = totals.StartDot(x, 8 * TTile.Tokens);
                }

                sums.Dot(TRung.Lookup(table, both), x, 0);
                sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4)), x, 4 * TTile.Tokens);
            }

            totals.ScaleAdd(sums, groupScales);
            x += 4 * TTile.Tokens;
        }
    }
}
