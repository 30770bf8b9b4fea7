using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Sparse;

/// <summary>
/// A block type of matrices that lie input by input: how the weights of one input, one for each output, become floats in registers. A row is
/// <code>
/// a half per 32 columns, up to a cache line     scales; none in float types
/// values of 32 columns, the next 32, ..         up to a cache line
/// </code>
/// so that sixteen scales are widened at a time, and values begin on a cache line. Files have the same values, each block's behind its scale.
/// </summary>
internal unsafe interface IInputFormat
{
    /// <summary>The block type.</summary>
    static abstract WeightType Type { get; }

    /// <summary>Bytes of the values of 32 columns.</summary>
    static abstract int ValueBytes { get; }

    /// <summary>Whether values are to be multiplied by a scale.</summary>
    static abstract bool HasScales { get; }

    /// <summary>The weights of 32 columns, exactly.</summary>
    static abstract void Load<TRung>(byte* values, float* scale, out TRung first, out TRung second)
        where TRung : unmanaged, IRung<TRung>;
}
