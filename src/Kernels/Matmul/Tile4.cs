using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>A tile of four tokens: four registers.</summary>
internal unsafe struct Tile4<TRung> : ITile<Tile4<TRung>, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private TRung first;
    private TRung second;
    private TRung third;
    private TRung fourth;

    private Tile4(TRung first, TRung second, TRung third, TRung fourth)
    {
        this.first = first;
        this.second = second;
        this.third = third;
        this.fourth = fourth;
    }

    public static int Tokens => 4;

    public static Tile4<TRung> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile4<TRung> NewSums() => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile4<TRung> StartDot(byte* corrections, nint offset)
        => new(
            TRung.StartDot(*(int*)(corrections + offset)),
            TRung.StartDot(*(int*)(corrections + offset + 4)),
            TRung.StartDot(*(int*)(corrections + offset + 8)),
            TRung.StartDot(*(int*)(corrections + offset + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile4<TRung> StartWide(byte* corrections, nint offset)
        => new(
            TRung.StartWide(*(int*)(corrections + offset)),
            TRung.StartWide(*(int*)(corrections + offset + 4)),
            TRung.StartWide(*(int*)(corrections + offset + 8)),
            TRung.StartWide(*(int*)(corrections + offset + 12)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung weights, byte* quads, nint offset)
        => TRung.DotFour(ref first, ref second, ref third, ref fourth, weights, quads + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleAdd(in Tile4<TRung> sums, TRung scales)
        => TRung.ScaleAddFour(ref first, ref second, ref third, ref fourth, sums.first, sums.second, sums.third, sums.fourth, scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTimesSixteen(in Tile4<TRung> sums)
    {
        first = TRung.AddTimesSixteen(first, sums.first);
        second = TRung.AddTimesSixteen(second, sums.second);
        third = TRung.AddTimesSixteen(third, sums.third);
        fourth = TRung.AddTimesSixteen(fourth, sums.fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PairAdd(TRung pairs, byte* groupSums, nint offset)
    {
        first = TRung.PairAdd(first, pairs, *(int*)(groupSums + offset));
        second = TRung.PairAdd(second, pairs, *(int*)(groupSums + offset + 4));
        third = TRung.PairAdd(third, pairs, *(int*)(groupSums + offset + 8));
        fourth = TRung.PairAdd(fourth, pairs, *(int*)(groupSums + offset + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateNarrow(in Tile4<TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
        first = TRung.AccumulateNarrow(first, sums.first, scale, *(float*)(tokenScales + offset));
        second = TRung.AccumulateNarrow(second, sums.second, scale, *(float*)(tokenScales + offset + 4));
        third = TRung.AccumulateNarrow(third, sums.third, scale, *(float*)(tokenScales + offset + 8));
        fourth = TRung.AccumulateNarrow(fourth, sums.fourth, scale, *(float*)(tokenScales + offset + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in Tile4<TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
        first = TRung.Accumulate(first, sums.first, scale, *(float*)(tokenScales + offset));
        second = TRung.Accumulate(second, sums.second, scale, *(float*)(tokenScales + offset + 4));
        third = TRung.Accumulate(third, sums.third, scale, *(float*)(tokenScales + offset + 8));
        fourth = TRung.Accumulate(fourth, sums.fourth, scale, *(float*)(tokenScales + offset + 12));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung weights, byte* values, nint offset)
    {
        first = TRung.MultiplyAdd(weights, (float*)(values + offset), first);
        second = TRung.MultiplyAdd(weights, (float*)(values + offset + 4), second);
        third = TRung.MultiplyAdd(weights, (float*)(values + offset + 8), third);
        fourth = TRung.MultiplyAdd(weights, (float*)(values + offset + 12), fourth);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tile4<TRung> Load(float* source, nint stride, int count)
        => new(
            TRung.Load(source),
            count > 1 ? TRung.Load(source + stride) : TRung.Zero,
            count > 2 ? TRung.Load(source + (2 * stride)) : TRung.Zero,
            count > 3 ? TRung.Load(source + (3 * stride)) : TRung.Zero);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination, nint stride, int count)
    {
        TRung.Store(first, destination);
        if (count > 1)
            TRung.Store(second, destination + stride);
        if (count > 2)
            TRung.Store(third, destination + (2 * stride));
        if (count > 3)
            TRung.Store(fourth, destination + (3 * stride));
    }
}
