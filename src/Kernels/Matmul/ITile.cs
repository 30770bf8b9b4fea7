using System.Runtime.CompilerServices;
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

    /// <summary>
    /// Whether weights have to be unpacked for this tile. One that meets lines unpacked before (see <see cref="UnpackedTile{TTile, TRung}"/>) says
    /// no, and the compiler leaves out what would have gone into <see cref="Dot"/>.
    /// </summary>
    static virtual bool Unpacks => true;

    /// <summary>Whether full-range bytes are handed to <see cref="Dot"/> whole, whatever the rung multiplies (see <see cref="WideRecorder{TRung}"/>).</summary>
    static virtual bool TakesBytes => false;

    /// <summary>A line of weights as it is packed; nothing is read where it does not matter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual TRung LoadLine(byte* source) => TSelf.Unpacks ? TRung.LoadLine(source) : default;

    /// <summary>Asks for a line that is needed soon, where weights are read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static virtual void Prefetch(byte* source)
    {
        if (TSelf.Unpacks)
            TRung.Prefetch(source);
    }

    /// <summary>Zeros that meet the same lines as these accumulators.</summary>
    TSelf NewSums();

    /// <summary>Starts narrow dots with one correction pair per token.</summary>
    TSelf StartDot(byte* corrections, nint offset);

    /// <summary>
    /// Adds one quad line times each token's quad; quads of neighbouring tokens are 4 bytes apart. The offset in bytes is a constant at
    /// every call, so that it becomes part of the load's address instead of an instruction of its own.
    /// </summary>
    void Dot(TRung weights, byte* quads, nint offset);

    /// <summary>Starts wide dots with one correction pair per token.</summary>
    TSelf StartWide(byte* corrections, nint offset);

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

    /// <summary>Loads 16 floats for each of the first <paramref name="count"/> tokens, what <see cref="Store"/> has stored; others are zeros.</summary>
    static abstract TSelf Load(float* source, nint stride, int count);

    /// <summary>Stores 16 floats for each of the first <paramref name="count"/> tokens.</summary>
    void Store(float* destination, nint stride, int count);
}
