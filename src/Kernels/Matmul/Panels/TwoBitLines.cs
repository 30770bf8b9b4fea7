using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// Quad lines of two bits, 16 columns each: byte 4r + j of a line has column 4q + j of row r in its bits 2q and 2q + 1 (see
/// <see cref="TwoBitQuads"/>). They hold -1, 0, 1 and 2, one more than those: with so small weights the sums of 256 columns fit 16 bits
/// (128 x 2 x 127 is 32512).
/// </summary>
internal static unsafe class TwoBitLines
{
    /// <summary>What the codes count too much.</summary>
    public const int Zero = 1;

    /// <summary>The weight, without its scale, of one column of a row.</summary>
    public static int Unpack(ReadOnlySpan<byte> lines, int row, int column)
        => ((lines[(64 * (column / 16)) + (4 * row) + (column % 4)] >> (2 * (column % 16 / 4))) & 3) - Zero;

    /// <summary>Adds the dot product of all columns of the lines to started narrow sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Dot<TRung, TTile>(byte* lines, int bytes, byte* x, ref TTile sums)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var two = TRung.BroadcastByte(3);
        for (byte* end = lines + bytes; lines < end; lines += 64, x += 16 * TTile.Tokens)
        {
            var codes = TTile.LoadLine(lines);
            sums.Dot(TRung.And(codes, two), x, 0);
            sums.Dot(TRung.ShiftRight(codes, 2, two), x, 4 * TTile.Tokens);
            sums.Dot(TRung.ShiftRight(codes, 4, two), x, 8 * TTile.Tokens);
            sums.Dot(TRung.ShiftRight(codes, 6, two), x, 12 * TTile.Tokens);
        }
    }
}
