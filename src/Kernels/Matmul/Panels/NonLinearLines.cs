using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary><see cref="NibbleLines"/> whose nibbles are codes of the non-linear table of the IQ4 types.</summary>
internal readonly unsafe struct NonLinearLines : IWideLines
{
    public static int Count => 4;

    // Values + 128 of the table (-127 -104 -83 -65 -49 -35 -22 -10 1 13 25 38 53 69 89 113), and their nibbles. Literals of bytes
    // lie in the assembly's data, which never moves.
    private static ReadOnlySpan<byte> Bytes => [1, 24, 45, 63, 79, 93, 106, 118, 129, 141, 153, 166, 181, 197, 217, 241];

    private static ReadOnlySpan<byte> LowNibbles => [1, 8, 13, 15, 15, 13, 10, 6, 1, 13, 9, 6, 5, 5, 9, 1];

    private static ReadOnlySpan<byte> HighNibbles => [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 10, 11, 12, 13, 15];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>(byte* lines, int quad, int half, WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var both = TRung.Load((float*)(lines + (64 * quad)));
        return TRung.Lookup(Table<TRung>(part), TRung.ShiftRight(both, 4 * half, TRung.BroadcastByte(15)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Table<TRung>(WidePart part)
        where TRung : unmanaged, IRung<TRung>
    {
        var table = part switch
        {
            WidePart.Byte => Bytes,
            WidePart.LowNibble => LowNibbles,
            _ => HighNibbles,
        };
        return TRung.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(table)));
    }
}
