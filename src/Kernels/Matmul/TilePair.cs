using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>A tile of two halves: 2, 8 or 16 tokens.</summary>
internal unsafe struct TilePair<THalf, TRung> : ITile<TilePair<THalf, TRung>, TRung>
    where THalf : unmanaged, ITile<THalf, TRung>
    where TRung : unmanaged, IRung<TRung>
{
#pragma warning disable IDE0044 // The halves are accumulators: their own methods change them in place.
    private THalf low;
    private THalf high;
#pragma warning restore IDE0044

    private TilePair(THalf low, THalf high)
    {
        this.low = low;
        this.high = high;
    }

    public static int Tokens => 2 * THalf.Tokens;

    public static TilePair<THalf, TRung> Zero
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(THalf.Zero, THalf.Zero);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<THalf, TRung> NewSums() => Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<THalf, TRung> StartDot(byte* corrections, nint offset)
        => new(low.StartDot(corrections, offset), high.StartDot(corrections, offset + (4 * THalf.Tokens)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly TilePair<THalf, TRung> StartWide(byte* corrections, nint offset)
        => new(low.StartWide(corrections, offset), high.StartWide(corrections, offset + (4 * THalf.Tokens)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung weights, byte* quads, nint offset)
    {
        low.Dot(weights, quads, offset);
        high.Dot(weights, quads, offset + (4 * THalf.Tokens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleAdd(in TilePair<THalf, TRung> sums, TRung scales)
    {
        low.ScaleAdd(sums.low, scales);
        high.ScaleAdd(sums.high, scales);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTimesSixteen(in TilePair<THalf, TRung> sums)
    {
        low.AddTimesSixteen(sums.low);
        high.AddTimesSixteen(sums.high);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PairAdd(TRung pairs, byte* groupSums, nint offset)
    {
        low.PairAdd(pairs, groupSums, offset);
        high.PairAdd(pairs, groupSums, offset + (4 * THalf.Tokens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateNarrow(in TilePair<THalf, TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
        low.AccumulateNarrow(sums.low, scale, tokenScales, offset);
        high.AccumulateNarrow(sums.high, scale, tokenScales, offset + (4 * THalf.Tokens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in TilePair<THalf, TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
        low.Accumulate(sums.low, scale, tokenScales, offset);
        high.Accumulate(sums.high, scale, tokenScales, offset + (4 * THalf.Tokens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung weights, byte* values, nint offset)
    {
        low.MultiplyAdd(weights, values, offset);
        high.MultiplyAdd(weights, values, offset + (4 * THalf.Tokens));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TilePair<THalf, TRung> Load(float* source, nint stride, int count)
        => new(
            THalf.Load(source, stride, Math.Min(count, THalf.Tokens)),
            count > THalf.Tokens ? THalf.Load(source + (THalf.Tokens * stride), stride, count - THalf.Tokens) : THalf.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination, nint stride, int count)
    {
        low.Store(destination, stride, count);
        if (count > THalf.Tokens)
            high.Store(destination + (THalf.Tokens * stride), stride, count - THalf.Tokens);
    }
}
