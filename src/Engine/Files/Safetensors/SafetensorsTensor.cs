using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.Safetensors;

/// <summary>A tensor in an open safetensors file.</summary>
/// <param name="Map">The file.</param>
/// <param name="Name">The name.</param>
/// <param name="TypeName">The element type as the file writes it.</param>
/// <param name="Type">The element type, or null for one that models are not computed with.</param>
/// <param name="Shape">Sizes, rows first and the length of a row last.</param>
/// <param name="Offset">Where it begins, in bytes from the start of the file.</param>
/// <param name="ByteLength">Bytes.</param>
internal sealed record SafetensorsTensor(
    MappedFile Map, string Name, string TypeName, WeightType? Type, long[] Shape, long Offset, long ByteLength)
{
    /// <summary>Length of a row.</summary>
    public long Columns => Shape.Length == 0 ? 1 : Shape[^1];

    /// <summary>Rows of all dimensions but the last together.</summary>
    public long Rows => Shape.Length == 0 ? 1 : Shape.AsSpan(0, Shape.Length - 1).ToArray().Aggregate(1L, (a, b) => a * b);

    /// <summary>Bytes of a row; 0 where there are no rows.</summary>
    public long RowBytes => Rows == 0 ? 0 : ByteLength / Rows;

    /// <summary>A row's bytes.</summary>
    public ReadOnlySpan<byte> Row(long row) => Map.Bytes(Offset + (row * RowBytes), RowBytes);
}
