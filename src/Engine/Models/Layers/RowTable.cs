using Hearth.Engine.Files.Gguf;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Models.Layers;

/// <summary>A matrix whose rows are looked up: decoded from the mapped file when asked for, so that a token touches one row.</summary>
public sealed class RowTable
{
    private readonly GgufTensor tensor;
    private readonly WeightFormat format;
    private readonly long rowBytes;
    private readonly int first;

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
    public RowTable From(int row) => new(tensor, format, first + row);

    /// <summary>Reads rows.</summary>
    /// <param name="indices">One index per row of <paramref name="rows"/>.</param>
    /// <param name="rows">Receives the rows.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void Read(ReadOnlySpan<int> indices, Rows rows)
    {
        for (int row = 0; row < indices.Length; row++)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)indices[row], (uint)Count, nameof(indices));
            format.Decode(tensor.Slice((first + indices[row]) * rowBytes, rowBytes), rows[row]);
        }
    }
}
