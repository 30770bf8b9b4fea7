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
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static void Map<TOperation>(TOperation operation, float* x, float* y, int width)
        where TOperation : struct, IUnary<TRung>
    {
        float* rest = stackalloc float[Lanes];
        int whole = SetAside(x, width, 0, rest);
        for (int i = 0; i < whole; i += Lanes)
            TRung.Store(operation.Apply(TRung.Load(x + i)), y + i);
        if (whole < width)
            Store(operation.Apply(TRung.Load(rest)), y + whole, width - whole);
    }

    /// <summary>y[i] = operation(a[i], b[i]); y may be either.</summary>
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static void Zip<TOperation>(TOperation operation, float* a, float* b, float* y, int width)
        where TOperation : struct, IBinary<TRung>
    {
        float* rest = stackalloc float[2 * Lanes];
        int whole = SetAside(a, width, 0, rest);
        SetAside(b, width, 0, rest + Lanes);
        for (int i = 0; i < whole; i += Lanes)
            TRung.Store(operation.Apply(TRung.Load(a + i), TRung.Load(b + i)), y + i);
        if (whole < width)
            Store(operation.Apply(TRung.Load(rest), TRung.Load(rest + Lanes)), y + whole, width - whole);
    }

    /// <summary>
    /// Copies what does not fill a register at a row's end to where a register can be loaded, and returns how many elements stand before it. For
    /// the time before a loop: the compiler keeps a register that has to outlive a call in memory, and does so in every turn of the loop before
    /// the call. Sums took four to sixteen times as long.
    /// </summary>
    /// <param name="source">The row.</param>
    /// <param name="width">Its elements.</param>
    /// <param name="fill">What other lanes hold.</param>
    /// <param name="rest">Receives <see cref="Lanes"/> floats if the row does not end with a whole register.</param>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int SetAside(float* source, int width, float fill, float* rest)
    {
        int whole = width & -Lanes;
        if (whole < width)
            TRung.Store(Load(source + whole, width - whole, fill), rest);
        return whole;
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
