using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>Sums or floats of 16 rows x four tokens, for <see cref="CrossedKernel{TRung, TFormat}"/>.</summary>
internal unsafe struct CrossedFour<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private TRung first;
    private TRung second;
    private TRung third;
    private TRung fourth;

    /// <summary>Starts sums with a number of each row + one of each token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Start(TRung rows, byte* tokens)
    {
        first = TRung.StartCrossed(rows, *(int*)tokens);
        second = TRung.StartCrossed(rows, *(int*)(tokens + 4));
        third = TRung.StartCrossed(rows, *(int*)(tokens + 8));
        fourth = TRung.StartCrossed(rows, *(int*)(tokens + 12));
    }

    /// <summary>Adds the products of a line; see <see cref="IRung{TSelf}.CrossedDot"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Dot(TRung even, TRung odd, byte* evenActivations, byte* oddActivations)
    {
        first = TRung.CrossedDot(first, even, odd, evenActivations, oddActivations);
        second = TRung.CrossedDot(second, even, odd, evenActivations + 4, oddActivations + 4);
        third = TRung.CrossedDot(third, even, odd, evenActivations + 8, oddActivations + 8);
        fourth = TRung.CrossedDot(fourth, even, odd, evenActivations + 12, oddActivations + 12);
    }

    /// <summary>These floats = fma(sums, scale * token scale, these floats).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Accumulate(in CrossedFour<TRung> sums, TRung scale, byte* tokenScales)
    {
        first = TRung.Accumulate(first, sums.first, scale, *(float*)tokenScales);
        second = TRung.Accumulate(second, sums.second, scale, *(float*)(tokenScales + 4));
        third = TRung.Accumulate(third, sums.third, scale, *(float*)(tokenScales + 8));
        fourth = TRung.Accumulate(fourth, sums.fourth, scale, *(float*)(tokenScales + 12));
    }

    /// <summary>Loads what <see cref="Store"/> has stored.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Load(float* source, nint stride)
    {
        first = TRung.Load(source);
        second = TRung.Load(source + stride);
        third = TRung.Load(source + (2 * stride));
        fourth = TRung.Load(source + (3 * stride));
    }

    /// <summary>Stores 16 floats for each token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* destination, nint stride)
    {
        TRung.Store(first, destination);
        TRung.Store(second, destination + stride);
        TRung.Store(third, destination + (2 * stride));
        TRung.Store(fourth, destination + (3 * stride));
    }
}
