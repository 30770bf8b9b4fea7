using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// One register per token of a tile: integer sums or float accumulators of 16 rows x <see cref="Tokens"/> tokens. Each register is a named
/// field that the just-in-time compiler keeps in a register; a loop over an array of accumulators is 3 to 10 times slower.
/// </summary>
/// <remarks>
/// Calls are kept few and flat: a method that has taken in some 500 of its callees' variables gets real calls for the rest, and tile
/// registers then live in memory (the eight-token kernels of half the types once ran at a third of their speed for that).
/// </remarks>
/// <typeparam name="TSelf">The tile.</typeparam>
/// <typeparam name="TRung">The register.</typeparam>
internal unsafe interface ITile<TSelf, TRung>
    where TSelf : unmanaged, ITile<TSelf, TRung>
    where TRung : unmanaged, IRung<TRung>
{
    /// <summary>Tokens in the tile.</summary>
    static abstract int Tokens { get; }

    /// <summary>All zeros.</summary>
    static abstract TSelf Zero { get; }

    /// <summary>Starts narrow dots with one correction pair per token.</summary>
    static abstract TSelf StartDot(byte* corrections, nint offset);

    /// <summary>
    /// Adds one quad line times each token's quad; quads of neighbouring tokens are 4 bytes apart. The offset in bytes is a constant at
    /// every call, so that it becomes part of the load's address instead of an instruction of its own.
    /// </summary>
    void Dot(TRung weights, byte* quads, nint offset);

    /// <summary>Starts wide dots with one correction pair per token.</summary>
    static abstract TSelf StartWide(byte* corrections, nint offset);

    /// <summary>These 32-bit totals += scales * narrow sums.</summary>
    void ScaleAdd(in TSelf sums, TRung scales);

    /// <summary>These 32-bit totals += 16 x 32-bit sums.</summary>
    void AddTimesSixteen(in TSelf sums);

    /// <summary>These 32-bit totals += row pairs times each token's pair of group sums.</summary>
    void PairAdd(TRung pairs, byte* groupSums, nint offset);

    /// <summary>These floats = fma(narrow sums, scale * token scale, these floats).</summary>
    void AccumulateNarrow(in TSelf sums, TRung scale, byte* tokenScales, nint offset);

    /// <summary>These floats = fma(32-bit sums, scale * token scale, these floats).</summary>
    void Accumulate(in TSelf sums, TRung scale, byte* tokenScales, nint offset);

    /// <summary>These floats = fma(weights, each token's float, these floats).</summary>
    void MultiplyAdd(TRung weights, byte* values, nint offset);

    /// <summary>Stores 16 floats for each of the first <paramref name="count"/> tokens.</summary>
    void Store(float* destination, nint stride, int count);
}
