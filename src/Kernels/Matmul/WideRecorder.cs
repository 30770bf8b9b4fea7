using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A tile that multiplies nothing: it stores the biased bytes of a full-range format, and its scales, for <see cref="CrossedKernel{TRung, TFormat}"/>.
/// As <see cref="LineRecorder{TRung}"/> it calls itself sixteen tokens wide, so that a format that is given a buffer in place of activations
/// leaves each line where the quad would be, a group's integer scales where its corrections would be, and the float scales of a block where the tokens' scales
/// would be.
/// </summary>
internal readonly unsafe struct WideRecorder<TRung> : ITile<WideRecorder<TRung>, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    // Where a group's corrections would be.
    private readonly byte* corrections;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private WideRecorder(byte* corrections) => this.corrections = corrections;

    public static int Tokens => 16;

    public static bool TakesBytes => true;

    public static WideRecorder<TRung> Zero => default;

    public WideRecorder<TRung> NewSums() => default;

    public WideRecorder<TRung> StartDot(byte* corrections, nint offset) => throw new NotSupportedException();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public WideRecorder<TRung> StartWide(byte* corrections, nint offset) => new(corrections + offset);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung weights, byte* quads, nint offset) => TRung.Store(weights, (float*)(quads + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ScaleAdd(in WideRecorder<TRung> sums, TRung scales) => TRung.Store(scales, (float*)sums.corrections);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in WideRecorder<TRung> sums, TRung scale, byte* tokenScales, nint offset)
        => TRung.Store(scale, (float*)(tokenScales + offset));

    public void AddTimesSixteen(in WideRecorder<TRung> sums) => throw new NotSupportedException();

    public void PairAdd(TRung pairs, byte* groupSums, nint offset) => throw new NotSupportedException();

    public void AccumulateNarrow(in WideRecorder<TRung> sums, TRung scale, byte* tokenScales, nint offset) => throw new NotSupportedException();

    public void MultiplyAdd(TRung weights, byte* values, nint offset) => throw new NotSupportedException();

    public static WideRecorder<TRung> Load(float* source, nint stride, int count) => throw new NotSupportedException();

    public void Store(float* destination, nint stride, int count) => throw new NotSupportedException();
}
