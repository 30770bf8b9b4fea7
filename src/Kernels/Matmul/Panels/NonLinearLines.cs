using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary><see cref="NibbleLines"/> whose nibbles are codes of the non-linear table of the IQ4 types.</summary>
internal static unsafe class NonLinearLines
{
    // The table's values + 128 (-127 -104 -83 -65 -49 -35 -22 -10 1 13 25 38 53 69 89 113), in the assembly's data, which never moves.
    private static ReadOnlySpan<byte> Table => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

    /// <summary>The dot product of 32 columns; the correction pairs follow the tile's 8 quads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TTile Dot<TRung, TTile>(byte* lines, byte* x)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var table = TRung.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Table)));
        var nibble = TRung.BroadcastByte(15);
        var sums = WideSums<TRung, TTile>.Start(x, 32 * TTile.Tokens);
        for (byte* end = lines + NibbleLines.Bytes; lines < end; lines += 64, x += 8 * TTile.Tokens)
        {
            var both = TRung.LoadLine(lines);
            sums.Dot(TRung.Lookup(table, TRung.And(both, nibble)), x, 0);
            sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4, nibble)), x, 4 * TTile.Tokens);
        }

        return sums.ToInt32();
    }
}
