using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Elementwise;

/// <summary>The loops over a row: sixteen elements at a time, the last ones in a register whose other lanes are never stored.</summary>
internal static unsafe class Rows<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    /// <summary>Floats of a register.</summary>
    public const int Lanes = 16;

    /// <summary>y[i] = operation(x[i]); y may be x.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Map<TOperation>(TOperation operation, float* x, float* y, int width)
        where TOperation : struct, IUnary<TRung>
    {
        int i = 0;
        for (; i <= width - Lanes; i += Lanes)
            TRung.Store(operation.Apply(TRung.Load(x + i)), y + i);
        if (i < width)
            Store(operation.Apply(Load(x + i, width - i, 0)), y + i, width - i);
    }

    /// <summary>y[i] = operation(a[i], b[i]); y may be either.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Zip<TOperation>(TOperation operation, float* a, float* b, float* y, int width)
        where TOperation : struct, IBinary<TRung>
    {
        int i = 0;
        for (; i <= width - Lanes; i += Lanes)
            TRung.Store(operation.Apply(TRung.Load(a + i), TRung.Load(b + i)), y + i);
        if (i < width)
            Store(operation.Apply(Load(a + i, width - i, 0), Load(b + i, width - i, 0)), y + i, width - i);
    }

    /// <summary>The first <paramref name="count"/> lanes from memory, the others filled; nothing behind them is read.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static TRung Load(float* source, int count, float fill)
    {
        var value = TRung.Broadcast(fill);
        Unsafe.CopyBlockUnaligned(&value, source, (uint)count * sizeof(float));
        return value;
    }

    /// <summary>The first <paramref name="count"/> lanes to memory.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Store(TRung value, float* destination, int count)
        => Unsafe.CopyBlockUnaligned(destination, &value, (uint)count * sizeof(float));
}
