using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Matmul;

/// <summary>
/// How a <see cref="CodebookPanel{TFormat, TLines}"/> keeps the codes of 32 columns of 16 rows. A code is the number of a value, and above it
/// a flag that chooses between two sets of values: a sign, or a shift.
/// </summary>
internal unsafe interface ICodebookLines
{
    /// <summary>Bytes of the lines.</summary>
    static abstract int Bytes { get; }

    /// <summary>Packs one row.</summary>
    /// <param name="first">Numbers of columns 0 to 7, as <see cref="CodebookEntries{TFormat}"/> has them.</param>
    /// <param name="second">Numbers of columns 8 to 15.</param>
    /// <param name="third">Numbers of columns 16 to 23.</param>
    /// <param name="fourth">Numbers of columns 24 to 31.</param>
    /// <param name="flags">A bit a column, the first one's the lowest.</param>
    /// <param name="row">The row.</param>
    /// <param name="lines">The lines.</param>
    static abstract void PackRow(uint first, uint second, uint third, uint fourth, uint flags, int row, byte* lines);

    /// <summary>The code of a row's column.</summary>
    static abstract int Unpack(ReadOnlySpan<byte> lines, int row, int column);

    /// <summary>Adds scale x dot product of the 32 columns to 32-bit totals.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="scales">Scales of the 32 columns, or of 16 and 16.</param>
    /// <param name="table">The values.</param>
    /// <param name="x">The tile's activations.</param>
    /// <param name="totals">The totals.</param>
    static abstract void ScaleAdd<TRung, TTile, TFormat>(byte* lines, byte* scales, TRung table, byte* x, ref TTile totals)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
        where TFormat : struct, ICodebookFormat;
}
