using Hearth.Kernels.Formats;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// A block type that kernels multiply: how 16 rows of its blocks become one chunk of a panel. The layouts are drawn in each
/// format's panel file; the quad line they share is described in <c>docs/kernels.md</c>.
/// </summary>
public unsafe interface IPanelFormat : IWeightFormat
{
    /// <summary>Columns of one chunk, a multiple of <see cref="IWeightFormat.BlockWeights"/>.</summary>
    static abstract int ChunkColumns { get; }

    /// <summary>Bytes of one chunk of 16 rows.</summary>
    static abstract int ChunkBytes { get; }

    /// <summary>Bytes of scales in front of a chunk's lines. Lines are asked for one by one, the header all at once.</summary>
    static abstract int ChunkHeaderBytes { get; }

    /// <summary>The multiply-adds of this format's products: what their speed is measured against.</summary>
    static virtual Arithmetic Arithmetic => Arithmetic.NarrowDot;

    /// <summary>The form in which activations meet this format.</summary>
    static abstract ActivationLayout Activations { get; }

    /// <summary>
    /// What the sums are multiplied by at the end, a power of two: weights that are cheaper to load without one, and activations that bring another
    /// (<see cref="ActivationLayout.Exponent"/>), leave the rest to this.
    /// </summary>
    static virtual float OutputFactor => 1;

    /// <summary>Packs one chunk of a single row. What it leaves out (absent rows, columns past the row's end) multiplies as zero.</summary>
    /// <param name="blocks">The row's blocks of this chunk.</param>
    /// <param name="count">How many; at the row's end there may be fewer than a chunk holds.</param>
    /// <param name="row">Row within the panel, 0 to 15.</param>
    /// <param name="chunk"><see cref="ChunkBytes"/> bytes, all zero where rows or blocks are left out.</param>
    static abstract void PackRow(byte* blocks, int count, int row, byte* chunk);

    /// <summary>Whether there is a <see cref="PackFour"/>: products of chosen rows pack while they multiply, and row by row that takes most of their time.</summary>
    static virtual bool PacksFour => false;

    /// <summary>Packs chunks of four rows as <see cref="PackRow"/> packs one of each.</summary>
    /// <param name="rows">The rows' blocks.</param>
    /// <param name="count">Blocks of a row; those of the last chunk may be fewer than it holds.</param>
    /// <param name="row">The first row's place within the panel: 0, 4, 8 or 12.</param>
    /// <param name="chunk">The first chunk. All zero where blocks are left out.</param>
    static virtual void PackFour(FourRows rows, int count, int row, byte* chunk) => throw new NotSupportedException();

    /// <summary>Reads one row of a chunk back, exactly as <see cref="IWeightFormat.Decode"/> would give it.</summary>
    /// <param name="chunk"><see cref="ChunkBytes"/> bytes.</param>
    /// <param name="row">Row within the panel, 0 to 15.</param>
    /// <param name="weights">Receives <see cref="ChunkColumns"/> values.</param>
    static abstract void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights);
}
