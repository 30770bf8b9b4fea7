using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A tile that multiplies nothing: it stores the lines that a format unpacks for it. It calls itself sixteen tokens wide, whose quads take as many bytes as
/// a line; so a format that is given a buffer in place of activations leaves each line where the quad would be, and the buffer has the layout
/// of <see cref="ActivationLayout"/>.
/// </summary>
internal unsafe struct LineRecorder<TRung> : ITile<LineRecorder<TRung>, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    public static int Tokens => 16;

    public static LineRecorder<TRung> Zero => default;

    public readonly LineRecorder<TRung> NewSums() => default;

    public readonly LineRecorder<TRung> StartDot(byte* corrections, nint offset) => default;

    public readonly LineRecorder<TRung> StartWide(byte* corrections, nint offset) => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Dot(TRung weights, byte* quads, nint offset) => TRung.Store(weights, (float*)(quads + offset));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void MultiplyAdd(TRung weights, byte* values, nint offset) => TRung.Store(weights, (float*)(values + offset));

    public readonly void ScaleAdd(in LineRecorder<TRung> sums, TRung scales)
    {
    }

    public readonly void AddTimesSixteen(in LineRecorder<TRung> sums)
    {
    }

    public readonly void PairAdd(TRung pairs, byte* groupSums, nint offset)
    {
    }

    public readonly void AccumulateNarrow(in LineRecorder<TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
    }

    public readonly void Accumulate(in LineRecorder<TRung> sums, TRung scale, byte* tokenScales, nint offset)
    {
    }

    public static LineRecorder<TRung> Load(float* source, nint stride, int count) => default;

    public readonly void Store(float* destination, nint stride, int count)
    {
    }
}
