using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Codes of three bits, for three numbers: two lines of 16 columns each, byte 4r + j of which has the number of column 4q + j of row r in its
/// bits 2q and 2q + 1, then a line with the flag of column 4q + j of 32 in its bit q.
/// </summary>
internal readonly unsafe struct ThreeBitCodes : ICodebookLines
{
    public static int NumberBits => 2;

    public static int QuadBits => 2;

    public static int Bytes => 192;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(uint first, uint second, uint third, uint fourth, uint flags, int row, byte* lines)
    {
        lines += 4 * row;
        *(uint*)lines = first | (second << 4);
        *(uint*)(lines + 64) = third | (fourth << 4);
        *(uint*)(lines + 128) = BitQuads.Pack(flags);
    }

    public static int Unpack(ReadOnlySpan<byte> lines, int row, int column)
    {
        int at = (4 * row) + (column % 4);
        int number = (lines[(64 * (column / 16)) + at] >> (2 * (column % 16 / 4))) & 3;
        return number | (((lines[128 + at] >> (column / 4)) & 1) << 2);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void ScaleAdd<TRung, TTile, TFormat>(byte* lines, byte* scales, TRung table, byte* x, ref TTile totals)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
        where TFormat : struct, ICodebookFormat
    {
        var two = TRung.BroadcastByte(3);
        var third = TRung.BroadcastByte(4);
        var flags = TRung.LoadLine(lines + 128);
        for (byte* end = lines + 128; lines < end; lines += 64)
        {
            var numbers = TRung.LoadLine(lines);
            var groupScales = TRung.LoadScales(scales);
            var sums = TTile.StartDot(x, TFormat.SumColumns * TTile.Tokens);
            sums.Dot(TRung.Lookup(table, TRung.Or(TRung.And(numbers, two), TRung.ShiftLeft(flags, 2, third))), x, 0);
            sums.Dot(TRung.Lookup(table, TRung.Or(TRung.ShiftRight(numbers, 2, two), TRung.ShiftLeft(flags, 1, third))), x, 4 * TTile.Tokens);
            if (TFormat.SumColumns == 8)
            {
                totals.ScaleAdd(sums, groupScales);
                x += 12 * TTile.Tokens;
                sums = TTile.StartDot(x, 8 * TTile.Tokens);
            }
            else
            {
                x += 8 * TTile.Tokens;
            }

            sums.Dot(TRung.Lookup(table, TRung.Or(TRung.ShiftRight(numbers, 4, two), TRung.And(flags, third))), x, 0);
            sums.Dot(TRung.Lookup(table, TRung.Or(TRung.ShiftRight(numbers, 6, two), TRung.ShiftRight(flags, 1, third))), x, 4 * TTile.Tokens);
            totals.ScaleAdd(sums, groupScales);
            x += 12 * TTile.Tokens;
            flags = TRung.ShiftRight(flags, 4, TRung.BroadcastByte(15));
            if (TFormat.GroupColumns == 16)
                scales += 16;
        }
    }
}
