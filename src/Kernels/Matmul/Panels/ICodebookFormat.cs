using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A type whose superblocks of 256 weights are entries of a codebook: <c>w = d x Step x scale of the group x value</c>, where the scale is
/// an odd integer and the value one of at most sixteen integers: an entry's, or its negative, or shifted.
/// </summary>
internal interface ICodebookFormat
{
    /// <summary>The entries.</summary>
    static abstract Codebook Codebook { get; }

    /// <summary>Columns that share a scale, 16 or 32.</summary>
    static abstract int GroupColumns { get; }

    /// <summary>
    /// Columns that a narrow sum adds up, 8 to <see cref="GroupColumns"/>: half of them times the largest value times 127 fits 16 bits.
    /// </summary>
    static abstract int SumColumns { get; }

    /// <summary>The power of two that makes scales and values whole numbers.</summary>
    static abstract float Step { get; }

    /// <summary>The largest value; it is added to make values unsigned.</summary>
    static abstract int Zero { get; }

    /// <summary>Value + <see cref="Zero"/> of each code, sixteen bytes; codes of three bits have theirs twice, since the bit above them is not theirs.</summary>
    static abstract ReadOnlySpan<byte> Values { get; }

    /// <summary>The value of a number in an entry whose flag is clear.</summary>
    static abstract int Value(sbyte number);
}
