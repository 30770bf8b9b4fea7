using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Isa;

/// <summary>How eight rows of 4 unsigned weight bytes meet 4 signed activation bytes: the difference between AVX2 and AVX-VNNI.</summary>
internal interface IYmmDot
{
    /// <summary>The rung that multiplies like this.</summary>
    static abstract Rung Rung { get; }

    /// <summary>Whether the instruction exists.</summary>
    static abstract bool IsSupported { get; }

    /// <inheritdoc cref="IRung{TSelf}.HasByteDot"/>
    static abstract bool HasByteDot { get; }

    /// <summary>Adds to narrow sums.</summary>
    static abstract Vector256<int> Add(Vector256<int> sum, Vector256<byte> weights, Vector256<sbyte> activations);

    /// <summary>Narrow sums as 32-bit integers.</summary>
    static abstract Vector256<int> ToInt32(Vector256<int> sum);

    /// <summary>Scales in 32-bit lanes, in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract Vector256<int> Scales(Vector256<int> scales);

    /// <summary>total + scales * narrow sums, as 32-bit integers.</summary>
    static abstract Vector256<int> ScaleAdd(Vector256<int> total, Vector256<int> sum, Vector256<int> scales);
}
