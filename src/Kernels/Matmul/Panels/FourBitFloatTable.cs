using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Twice the values of 4-bit floats (e2m1: 0 0.5 1 1.5 2 3 4 6 and their negatives), made unsigned.</summary>
internal static unsafe class FourBitFloatTable
{
    /// <summary>What is added.</summary>
    public const int Zero = 12;

    // In the assembly's data, which never moves.
    private static ReadOnlySpan<byte> Shifted => [12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0];

    /// <summary>The table of a lookup.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load<TRung>()
        where TRung : unmanaged, IRung<TRung> => TRung.LoadTable((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(Shifted)));
}
