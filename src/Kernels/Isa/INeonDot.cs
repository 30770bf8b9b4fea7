using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Isa;

/// <summary>How four rows of 4 signed weight bytes meet 4 signed activation bytes: the difference between Arm CPUs with and without SDOT.</summary>
internal interface INeonDot
{
    /// <summary>The rung that multiplies like this.</summary>
    static abstract Rung Rung { get; }

    /// <summary>Whether the instruction exists.</summary>
    static abstract bool IsSupported { get; }

    /// <summary>Adds one row's dot product to each of four 32-bit sums.</summary>
    static abstract Vector128<int> Add(Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations);

    /// <summary>The same of the activations' quad <paramref name="quad"/>, a constant from 0 to 3.</summary>
    static abstract Vector128<int> AddSelected(
        Vector128<int> sum, Vector128<sbyte> weights, Vector128<sbyte> activations, [ConstantExpected(Max = (byte)3)] byte quad);
}
