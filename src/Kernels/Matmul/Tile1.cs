using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>A tile of one token: one register.</summary>
internal unsafe struct Tile1<TRung> : ITile<Tile1<TRung>, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private TRung value;

    private Tile1(TRung value) => this.value = value;

    public static int Tokens => 1;

    public static Tile1<TRung> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile1<TRung> NewSums() => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile1<TRung> StartDot(byte* corrections, nint offset)
        => new(TRung.StartDot(*(int*)(corrections + offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Tile1<TRung> StartWide(byte* corrections, nint offset)
        => new(TRung.StartWide(*(int*)(corrections + offset)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung weights, byte* quads, nint offset)
        => value = TRung.Dot(value, weights, quads + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleAdd(in Tile1<TRung> sums, TRung scales)
        => value = TRung.ScaleAdd(value, sums.value, scales);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddTimesSixteen(in Tile1<TRung> sums)
        => value = TRung.AddTimesSixteen(value, sums.value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PairAdd(TRung pairs, byte* groupSums, nint offset)
        => value = TRung.PairAdd(value, pairs, *(int*)(groupSums + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AccumulateNarrow(in Tile1<TRung> sums, TRung scale, byte* tokenScales, nint offset)
        => value = TRung.AccumulateNarrow(value, sums.value, scale, *(float*)(tokenScales + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in Tile1<TRung> sums, TRung scale, byte* tokenScales, nint offset)
        => value = TRung.Accumulate(value, sums.value, scale, *(float*)(tokenScales + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void MultiplyAdd(TRung weights, byte* values, nint offset)
        => value = TRung.MultiplyAdd(weights, (float*)(values + offset), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Tile1<TRung> Load(float* source, nint stride, int count) => new(TRung.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination, nint stride, int count) => TRung.Store(value, destination);
}
