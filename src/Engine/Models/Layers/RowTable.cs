using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A matrix whose rows are looked up, so that a token touches one row: decoded from the mapped file, or from the panels of a product that
/// has the same matrix.
/// </summary>
public sealed class RowTable
{
    private readonly GgufTensor tensor;
    private readonly WeightFormat format;
    private readonly long rowBytes;
    private readonly int first;
    private PackedMatrix? panels;

    internal RowTable(GgufTensor tensor, WeightFormat format, int first = 0)
    {
        this.tensor = tensor;
        this.format = format;
        this.first = first;
        Width = (int)tensor.Dimensions[0];
        Count = (int)tensor.Dimensions[1] - first;
        rowBytes = format.RowBytes(Width);
    }

    /// <summary>Floats of a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>The rows from one of them on.</summary>
    public RowTable From(int row) => new(tensor, format, first + row) { panels = panels };

    /// <summary>Reads rows.</summary>
    /// <param name="indices">One index per row of <paramref name="rows"/>.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Read(ReadOnlySpan<int> indices, Rows rows)
    {
        for (int row = 0; row < indices.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)indices[row], (uint)Count, nameof(indices));
            int index = first + indices[row];
            if (panels == null)
                format.Decode(tensor.Slice(index * rowBytes, rowBytes), rows[row]);
            else
                panels.DecodeRow(index, rows[row]);
        }
    }

    /// <summary>
    /// Reads rows from panels from here on, and the file no more: a page of the file that is read would take memory that the panels take
    /// already. A row of numbers has the same bits in both, whatever its type.
    /// </summary>
    /// <param name="same">The same matrix; lives as long as this table.</param>
    internal void ReadFrom(PackedMatrix same) => panels = same;
}
