using System.Runtime.InteropServices;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Files.HuggingFace.Families;
using Hearth.Engine.Files.Safetensors;
using Hearth.Engine.Quantization;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// Makes GGUF's tensors of a folder's. Those that need no change are views of the mapped file; the others are made when they are asked
/// for and freed when they are packed. Vectors and what is never quantised become F32, as GGUF files have them.
/// </summary>
internal sealed class TensorBuilder(ModelConfig config, string architecture)
{
    /// <summary>Rows that are made at a time.</summary>
    private const int StepBytes = 1 << 20;

    /// <summary>Makes a tensor.</summary>
    /// <param name="name">GGUF's name.</param>
    /// <param name="parts">The folder's tensor, or several to stack.</param>
    /// <param name="change">What is done to it.</param>
    /// <exception cref="InvalidModelException">The shape does not allow the change.</exception>
    public GgufTensor Build(string name, IReadOnlyList<SafetensorsTensor> parts, TensorChange change)
    {
        bool movesRows = change is TensorChange.PairQuery or TensorChange.PairKey or TensorChange.GatherHeads or TensorChange.GatherGroups;
        var source = new SourceMatrix(parts, movesRows);
        if (change == TensorChange.Transpose && source.Shape.Length != 2)
            change = TensorChange.None;
        var rowOf = RowOf(source, change);
        long[] dimensions = Dimensions(name, source, change);
        long count = dimensions.Aggregate(1L, (a, b) => checked(a * b));
        bool asFloat = change == TensorChange.AddOne || !TensorTypeRules.CanQuantize(name, dimensions);
        var type = asFloat ? WeightType.F32 : source.Type;
        if (rowOf is null && source.IsSingle && type == source.Type && change == TensorChange.None)
            return new GgufTensor(source.First.Map, name, type, dimensions, count, source.First.Offset, source.First.ByteLength);
        if (change == TensorChange.Transpose)
            return Transposed(name, source, dimensions, count);

        rowOf ??= row => row;
        int width = type == WeightType.F32 ? sizeof(float) : source.RowBytes / (int)Math.Max(source.Columns, 1);
        int rowBytes = checked((int)(source.Columns * width));
        long bytes = checked(count * width);
        var format = WeightFormat.TryGet(source.Type, out var found) ? found : throw new InvalidOperationException();
        bool addsOne = change == TensorChange.AddOne;
        long step = Math.Max(StepBytes / Math.Max(rowBytes, 1), 1) * Math.Max(rowBytes, 1);
        return new GgufTensor(
            () => MappedFile.Filled(name, bytes, step, (offset, target) =>
            {
                long first = offset / rowBytes;
                for (int i = 0; i * rowBytes < target.Length; i++)
                {
                    var row = target.Slice(i * rowBytes, rowBytes);
                    if (asFloat)
                        Decode(format, source.Row(rowOf(first + i)), MemoryMarshal.Cast<byte, float>(row), addsOne);
                    else
                        source.Row(rowOf(first + i)).CopyTo(row);
                }
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

    private static void Decode(WeightFormat format, ReadOnlySpan<byte> row, Span<float> target, bool addsOne)
    {
        format.Decode(row, target);
        for (int i = 0; addsOne && i < target.Length; i++)
            target[i] += 1;
    }

    private static long[] Dimensions(string name, SourceMatrix source, TensorChange change)
    {
        long[] shape = [.. source.Shape];
        if (change is TensorChange.FirstHalf or TensorChange.SecondHalf)
            shape[^2] /= 2;
        if (change != TensorChange.Transpose)
            Array.Reverse(shape);
        if (shape.Length > GgufLayout.MaxDimensions)
            throw source.Misfit($"has {shape.Length} dimensions, too many for {name}");
        return shape;
    }

    /// <summary>Which row of the source a row comes from; null where rows stay.</summary>
    private Func<long, long>? RowOf(SourceMatrix source, TensorChange change)
    {
        int heads = config.Int(CommonKeys.Heads) ?? 0;
        switch (change)
        {
            case TensorChange.PairQuery:
                return Paired(source, heads);
            case TensorChange.PairKey:
                return Paired(source, CommonKeys.KvHeadCount(config));
            case TensorChange.GatherHeads:
                return Gathered(source, heads, heads);
            case TensorChange.GatherGroups:
                return Gathered(source, heads, architecture == "falcon" ? GptFamilies.FalconKvHeads(config) : CommonKeys.KvHeadCount(config));
            case TensorChange.FirstHalf or TensorChange.SecondHalf:
                if (source.Shape.Length < 2 || source.Shape[^2] % 2 != 0)
                    throw source.Misfit("does not divide into a gate and up");
                long half = source.Shape[^2] / 2;
                long start = change == TensorChange.FirstHalf ? 0 : half;
                return row => (row / half * 2 * half) + start + (row % half);
            default:
                return null;
        }
    }

    private static Func<long, long> Paired(SourceMatrix source, int heads)
    {
        if (heads == 0 || source.Rows % (2L * heads) != 0)
            throw source.Misfit($"does not divide into {heads} heads of pairs, as {heads} in the configuration says");
        long length = source.Rows / heads;
        return row =>
        {
            (long head, long at) = Math.DivRem(row, length);
            return (head * length) + (at % 2 * (length / 2)) + (at / 2);
        };
    }

    private static Func<long, long> Gathered(SourceMatrix source, int heads, int groups)
    {
        if (heads == 0 || groups == 0 || heads % groups != 0 || source.Rows % (heads + (2L * groups)) != 0)
            throw source.Misfit($"does not divide into {heads} queries and {groups} keys and values, as the configuration says");
        long length = source.Rows / (heads + (2L * groups));
        long queries = heads / groups;
        return row =>
        {
            (long head, long at) = Math.DivRem(row, length);
            (long group, long slot) = head < heads ? Math.DivRem(head, queries)
                : head < heads + groups ? (head - heads, queries)
                : (head - heads - groups, queries + 1);
            return (((group * (queries + 2)) + slot) * length) + at;
        };
    }

    private static GgufTensor Transposed(string name, SourceMatrix source, long[] dimensions, long count)
    {
        int width = source.RowBytes / (int)Math.Max(source.Columns, 1);
        int rowBytes = checked((int)(source.Rows * width));
        return new GgufTensor(
            () => MappedFile.Filled(name, count * width, Math.Max(rowBytes, 1), (offset, target) =>
            {
                int column = (int)(offset / rowBytes) * width;
                for (int row = 0; row < source.Rows; row++)
                    source.Row(row).Slice(column, width).CopyTo(target[(row * width)..]);
            }),
            name,
            source.Type,
            dimensions,
            count,
            count * width);
    }
}
