using System.Runtime.InteropServices;
using Hearth.Engine.Files.Safetensors;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// A tensor of 8-bit values with scales: value * scale, in F32. There is a scale for the whole tensor, for each row, or for each block of
/// rows and columns, whose last ones may be cut.
/// </summary>
/// <remarks>
/// <code>
/// F8_E4M3: sign, 4 bits of exponent (bias 7), 3 of mantissa; no infinities, 0x7F and 0xFF are no numbers
/// F8_E5M2: the upper half of an F16
/// I8: a whole number
/// </code>
/// Source: FP8 formats for deep learning (Micikevicius et al. 2022); DeepSeek-V3's weights for blocks, compressed-tensors for the others.
/// </remarks>
internal sealed class EightBitMatrix : FolderMatrix
{
    private static readonly float[] FourBitExponents = Table(code => (float)FromE4M3(code));
    private static readonly float[] FiveBitExponents = Table(code => (float)BitConverter.UInt16BitsToHalf((ushort)(code << 8)));
    private static readonly float[] Integers = Table(code => (sbyte)code);

    private readonly float[] values;
    private readonly float[] scales;
    private readonly long matrixRows;
    private readonly long rowsPerScale;
    private readonly long columnsPerScale;
    private readonly long scaleRows;
    private readonly long scaleColumns;

    /// <summary>Joins a tensor and its scales.</summary>
    /// <param name="tensor">The values.</param>
    /// <param name="scale">The scales; null for none.</param>
    /// <param name="block">Rows and columns of a block where the configuration says; null for equal parts.</param>
    /// <exception cref="InvalidModelException">The scales are of another type or fit no such tensor.</exception>
    public EightBitMatrix(SafetensorsTensor tensor, SafetensorsTensor? scale, (int Rows, int Columns)? block)
        : base(tensor, WeightType.F32, tensor.Shape)
    {
        values = tensor.TypeName switch
        {
            "F8_E4M3" => FourBitExponents,
            "F8_E5M2" => FiveBitExponents,
            _ => Integers,
        };
        long columns = tensor.Columns;
        matrixRows = tensor.Shape.Length < 2 ? 1 : tensor.Shape[^2];
        if (scale is null)
        {
            scales = [1];
            (scaleRows, scaleColumns, rowsPerScale, columnsPerScale) = (1, 1, Math.Max(matrixRows, 1), Math.Max(columns, 1));
            return;
        }

        scales = Floats(scale);
        (scaleRows, scaleColumns) = Grid(scale);
        (rowsPerScale, columnsPerScale) = (Step(matrixRows, scaleRows, block?.Rows), Step(columns, scaleColumns, block?.Columns));
        if (rowsPerScale == 0 || columnsPerScale == 0)
            throw Misfit(scale, $"has not the shape of scales for {tensor.Name} [{string.Join(", ", tensor.Shape)}]");
    }

    /// <summary>Whether a type is one of those.</summary>
    public static bool Has(string typeName) => typeName is "F8_E4M3" or "F8_E5M2" or "I8";

    public override void Copy(long row, Span<byte> target)
    {
        var codes = Tensor.Row(row);
        var floats = MemoryMarshal.Cast<byte, float>(target);
        (long matrix, long at) = Math.DivRem(row, matrixRows);
        bool isShared = scales.Length == scaleRows * scaleColumns;
        long first = ((isShared ? 0 : matrix * scaleRows) + (at / rowsPerScale)) * scaleColumns;
        for (int column = 0; column < floats.Length; column++)
            floats[column] = values[codes[column]] * scales[first + (column / columnsPerScale)];
    }

    /// <summary>Rows and columns of the scales of one matrix.</summary>
    private (long Rows, long Columns) Grid(SafetensorsTensor scale)
    {
        var shape = Shape;
        long[] sizes = scale.Shape;
        if (scales.Length == 1)
            return (1, 1);
        if (sizes.Length == 1)
            return sizes[0] == matrixRows ? (sizes[0], 1) : (0, 0);
        bool isPerMatrix = sizes.Length == shape.Length && sizes.AsSpan(0, sizes.Length - 2).SequenceEqual(shape.AsSpan(0, shape.Length - 2));
        return isPerMatrix ? (sizes[^2], sizes[^1]) : (0, 0);
    }

    /// <summary>Rows or columns that share a scale; 0 where they do not divide.</summary>
    private static long Step(long size, long parts, int? block)
    {
        if (parts == 1)
            return Math.Max(size, 1);
        if (parts <= 0 || size <= 0 || parts > size)
            return 0;
        if (block is { } rows && rows > 0 && (size + rows - 1) / rows == parts)
            return rows;
        return size % parts == 0 ? size / parts : 0;
    }

    private static float[] Floats(SafetensorsTensor scale)
    {
        if (scale.Type is not { } type || !WeightFormat.TryGet(type, out var format))
            throw Misfit(scale, $"is of the type {scale.TypeName}, but scales are F32, F16 or BF16");
        if (scale.ByteLength > int.MaxValue)
            throw Misfit(scale, "has more scales than any tensor");
        float[] floats = new float[scale.ByteLength / (type == WeightType.F32 ? 4 : 2)];
        if (floats.Length == 0)
            throw Misfit(scale, "has no scales");
        format.Decode(scale.Map.Bytes(scale.Offset, scale.ByteLength), floats);
        return floats;
    }

    private static float[] Table(Func<int, float> value) => [.. Enumerable.Range(0, 256).Select(value)];

    private static double FromE4M3(int code)
    {
        int exponent = (code >> 3) & 15;
        int mantissa = code & 7;
        double magnitude = (code & 127) == 127 ? double.NaN
            : exponent == 0 ? mantissa * Math.Pow(2, -9)
            : (8 + mantissa) * Math.Pow(2, exponent - 10);
        return code > 127 ? -magnitude : magnitude;
    }
}
