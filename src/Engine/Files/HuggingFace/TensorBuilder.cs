using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Makes GGUF's tensors of a folder's. Those that need no change are views of the mapped file; the others are made when they are asked
/// for and freed when they are packed. Vectors and what is never quantised become F32, as GGUF files have them.
/// </summary>
internal sealed class TensorBuilder(ModelConfig config)
{
    /// <summary>Bytes that are made at a time.</summary>
    private const int StepBytes = 1 << 20;

    /// <summary>Makes a tensor.</summary>
    /// <param name="name">GGUF's name.</param>
    /// <param name="parts">The folder's tensor, or several to stack.</param>
    /// <param name="change">What is done to it.</param>
    /// <exception cref="InvalidModelException">The shape does not allow the change.</exception>
    public GgufTensor Build(string name, IReadOnlyList<FolderMatrix> parts, TensorChange change)
    {
        var source = new SourceMatrix(
            parts, change.Reshape is { } reshape ? shape => reshape(config, shape) : null, change.Rows is not null);
        bool isVector = source.Shape.Length < 2;
        var rows = change.Rows?.Invoke(config, source) ?? RowOrder.All(source.MatrixRows);
        var columns = change.Columns?.Invoke(config, source);
        bool transposes = change.Transposes && !isVector;
        long[] dimensions = Dimensions(name, source, rows.Count, change.Rows is not null && isVector ? rows.Count : columns?.Count ?? source.Columns, transposes);
        long count = dimensions.Aggregate(1L, (a, b) => checked(a * b));
        bool asFloat = change.Values is not null || !TensorTypeRules.CanQuantize(name, dimensions);
        var type = asFloat ? WeightType.F32 : source.Type;
        if (change == TensorChange.None && source.IsSingle && type == source.Type && source.First.View is { } view)
            return new GgufTensor(view.Map, name, type, dimensions, count, view.Offset, view.ByteLength);
        if (!WeightTypeLayout.TryGet(type, out var layout) || dimensions[0] % layout.BlockWeights != 0 || ((transposes || columns is not null) && layout.BlockWeights != 1))
            throw source.Misfit($"of {source.First.Tensor.TypeName} cannot be brought into the form of {name}");

        var reader = new RowReader(source, asFloat, columns, change.Values);
        long matrixRows = Math.Max(rows.Count, 1);
        long stepBytes = checked(reader.RowBytes * (transposes ? matrixRows : Math.Max(StepBytes / Math.Max(reader.RowBytes, 1), 1)));
        if (stepBytes > int.MaxValue)
            throw source.Misfit("is too large to be turned");
        long bytes = checked(count / layout.BlockWeights * layout.BlockBytes);
        return new GgufTensor(
            () => MappedFile.Filled(name, bytes, Math.Max(stepBytes, 1), (offset, target) =>
            {
                if (transposes)
                    reader.Turn(offset / stepBytes * source.MatrixRows, rows, layout.BlockBytes, target);
                else
                    reader.Fill(offset / reader.RowBytes, rows, target);
            }),
            name,
            type,
            dimensions,
            count,
            bytes);
    }

    /// <summary>A tensor of floats that no file holds.</summary>
    public static GgufTensor OfFloats(string name, float[] values)
    {
        long bytes = values.Length * sizeof(float);
        return new GgufTensor(
            () => MappedFile.Filled(name, bytes, bytes, (_, target) => MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(target)),
            name,
            WeightType.F32,
            [values.Length],
            values.Length,
            bytes);
    }

    private static long[] Dimensions(string name, SourceMatrix source, long rows, long columns, bool transposes)
    {
        long[] dimensions = [.. source.Shape.Reverse()];
        if (dimensions.Length == 0)
            dimensions = [1];
        if (source.Shape.Length < 2)
            dimensions[0] = columns;
        else
            (dimensions[0], dimensions[1]) = transposes ? (rows, columns) : (columns, rows);
        return dimensions.Length <= GgufLayout.MaxDimensions
            ? dimensions
            : throw source.Misfit($"has {dimensions.Length} dimensions, too many for {name}");
    }

    /// <summary>Reads rows in the form that they have in the end.</summary>
    private sealed class RowReader
    {
        /// <summary>Rows that are read before they are turned, so that what they become is written in runs.</summary>
        private const int TurnedTogether = 64;

        private readonly SourceMatrix source;
        private readonly bool asFloat;
        private readonly RowOrder? columns;
        private readonly Action<Span<float>>? values;
        private readonly WeightFormat format;
        private readonly int sourceBytes;
        private readonly int width;

        public RowReader(SourceMatrix source, bool asFloat, RowOrder? columns, Action<Span<float>>? values)
        {
            this.source = source;
            this.asFloat = asFloat;
            this.columns = columns;
            this.values = values;
            format = WeightFormat.TryGet(source.Type, out var found) ? found : throw new InvalidOperationException();
            WeightTypeLayout.TryGet(source.Type, out var layout);
            sourceBytes = BytesOf(source, layout);
            width = asFloat ? sizeof(float) : layout.BlockBytes;
            RowBytes = columns is not null ? checked((int)(columns.Count * width))
                : asFloat ? checked((int)(source.Columns * sizeof(float)))
                : sourceBytes;
        }

        /// <summary>Bytes of a row in the end.</summary>
        public int RowBytes { get; }

        /// <summary>Fills whole rows, from one of all matrices' rows in the end.</summary>
        public void Fill(long first, RowOrder rows, Span<byte> target)
        {
            byte[] scratch = new byte[sourceBytes];
            byte[] whole = new byte[checked((int)(source.Columns * width))];
            for (int i = 0; i * RowBytes < target.Length; i++)
                Read(SourceRow(first + i, rows), target.Slice(i * RowBytes, RowBytes), scratch, whole);
        }

        /// <summary>Fills a matrix with the columns of its source.</summary>
        public void Turn(long firstRow, RowOrder rows, int elementBytes, Span<byte> target)
        {
            byte[] scratch = new byte[sourceBytes];
            byte[] whole = new byte[checked((int)(source.Columns * width))];
            byte[] read = new byte[checked(RowBytes * TurnedTogether)];
            int columnCount = RowBytes / elementBytes;
            for (long start = 0; start < rows.Count; start += TurnedTogether)
            {
                int together = (int)Math.Min(TurnedTogether, rows.Count - start);
                for (int i = 0; i < together; i++)
                    Read(firstRow + rows.Of(start + i), read.AsSpan(i * RowBytes, RowBytes), scratch, whole);
                for (int column = 0; column < columnCount; column++)
                {
                    for (int i = 0; i < together; i++)
                    {
                        read.AsSpan((i * RowBytes) + (column * elementBytes), elementBytes)
                            .CopyTo(target[(int)(((column * rows.Count) + start + i) * elementBytes)..]);
                    }
                }
            }
        }

        private static int BytesOf(SourceMatrix source, WeightTypeLayout layout)
            => source.Columns % layout.BlockWeights == 0 && source.Columns / layout.BlockWeights <= int.MaxValue / layout.BlockBytes / 2
                ? (int)(source.Columns / layout.BlockWeights * layout.BlockBytes)
                : throw source.Misfit("has rows that are too long");

        private long SourceRow(long row, RowOrder rows)
        {
            (long matrix, long at) = Math.DivRem(row, rows.Count);
            return (matrix * source.MatrixRows) + rows.Of(at);
        }

        private void Read(long row, Span<byte> target, byte[] scratch, byte[] whole)
        {
            if (!asFloat && columns is null)
            {
                source.Copy(row, target);
                return;
            }

            source.Copy(row, scratch);
            ReadOnlySpan<byte> read = scratch;
            if (asFloat)
            {
                var floats = MemoryMarshal.Cast<byte, float>(columns is null ? target : whole);
                format.Decode(scratch, floats);
                values?.Invoke(floats);
                read = whole;
            }

            for (int column = 0; columns is not null && column < columns.Count; column++)
                read.Slice((int)columns.Of(column) * width, width).CopyTo(target.Slice(column * width, width));
        }
    }
}
