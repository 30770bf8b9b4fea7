using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Isa;

/// <summary>How sixteen rows of 4 unsigned weight bytes meet 4 signed activation bytes: the difference between AVX-512 with and without VNNI.</summary>
internal interface IZmmDot
{
    /// <summary>The rung that multiplies like this.</summary>
    static abstract Rung Rung { get; }

    /// <summary>Whether the instruction exists.</summary>
    static abstract bool IsSupported { get; }

    /// <inheritdoc cref="IRung{TSelf}.HasByteDot"/>
    static abstract bool HasByteDot { get; }

    /// <summary>Adds to narrow sums.</summary>
    static abstract Vector512<int> Add(Vector512<int> sum, Vector512<byte> weights, Vector512<sbyte> activations);

    /// <summary>Narrow sums as 32-bit integers.</summary>
    static abstract Vector512<int> ToInt32(Vector512<int> sum);

    /// <summary>Scales in 32-bit lanes, in the form that <see cref="ScaleAdd"/> takes.</summary>
    static abstract Vector512<int> Scales(Vector512<int> scales);

    /// <summary>total + scales * narrow sums, as 32-bit integers.</summary>
    static abstract Vector512<int> ScaleAdd(Vector512<int> total, Vector512<int> sum, Vector512<int> scales);
}
