using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>
/// One accumulator register for each of 1, 2, 4 or 8 query rows that share every load of the cache. Pairs of pairs, so that each
/// register is a named field (see <c>Matmul/ITile</c>).
/// </summary>
internal unsafe interface IRowTile<TSelf, TRung>
    where TSelf : unmanaged, IRowTile<TSelf, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    /// <summary>Rows of the tile.</summary>
    static abstract int Rows { get; }

    /// <summary>All zeros.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Row r += shared * factors[r * stride], fused.</summary>
    void MultiplyAdd(TRung shared, float* factors, nint stride);

    /// <summary>Row r to destination + r * stride.</summary>
    void Store(float* destination, nint stride);
}

internal unsafe struct SingleRow<TRung> : IRowTile<SingleRow<TRung>, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private TRung value;

    public static int Rows => 1;

    public static SingleRow<TRung> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { value = TRung.Zero };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung shared, float* factors, nint stride) => value = TRung.MultiplyAdd(shared, factors, value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination, nint stride) => TRung.Store(value, destination);
}

internal unsafe struct RowPair<THalf, TRung> : IRowTile<RowPair<THalf, TRung>, TRung>
    where THalf : unmanaged, IRowTile<THalf, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private THalf low;
    private THalf high;

    public static int Rows => 2 * THalf.Rows;

    public static RowPair<THalf, TRung> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new() { low = THalf.Zero, high = THalf.Zero };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung shared, float* factors, nint stride)
    {
        low.MultiplyAdd(shared, factors, stride);
        high.MultiplyAdd(shared, factors + (THalf.Rows * stride), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination, nint stride)
    {
        low.Store(destination, stride);
        high.Store(destination + (THalf.Rows * stride), stride);
    }
}
