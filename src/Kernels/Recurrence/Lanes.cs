using System.Runtime.CompilerServices;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Recurrence;

/// <summary>Registers of which only the first lanes are in memory; the others are zero and are not stored.</summary>
internal static unsafe class Lanes<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    public const int All = 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TRung Load(float* source, int lanes) => lanes == All ? TRung.Load(source) : Rows<TRung>.Load(source, lanes, 0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(TRung value, float* destination, int lanes)
    {
        if (lanes == All)
            TRung.Store(value, destination);
        else
            Rows<TRung>.Store(value, destination, lanes);
    }
}
