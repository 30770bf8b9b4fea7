using Hearth.Engine.Files.Safetensors;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>One tensor of a folder, or several of equal shape and type stacked, as rows that can be taken in any order.</summary>
internal sealed class SourceMatrix
{
    private readonly IReadOnlyList<SafetensorsTensor> parts;
    private readonly long partRows;
    private readonly int rowBytes;

    /// <summary>Stacks tensors.</summary>
    /// <param name="parts">The tensors.</param>
    /// <param name="byElement">Whether each value of a vector is a row, because values change places.</param>
    /// <exception cref="InvalidModelException">They differ, or are of a type that models are not computed with.</exception>
    public SourceMatrix(IReadOnlyList<SafetensorsTensor> parts, bool byElement)
    {
        var first = parts[0];
        this.parts = [.. parts];
        foreach (var part in parts)
        {
            if (part.Type is null)
                throw new InvalidModelException($"{part.Map.Name}: the tensor {part.Name} is of the type {part.TypeName}; F32, F16 and BF16 can be read.");
            if (part.Type != first.Type || !part.Shape.AsSpan().SequenceEqual(first.Shape))
            {
                throw new InvalidModelException(
                    $"{part.Map.Name}: the tensor {part.Name} [{string.Join(", ", part.Shape)}] {part.TypeName} has not the shape and type of "
                    + $"{first.Name} [{string.Join(", ", first.Shape)}] {first.TypeName}.");
            }
        }

        Type = first.Type!.Value;
        Shape = parts.Count > 1 ? [parts.Count, .. first.Shape] : first.Shape;
        bool isVector = first.Shape.Length <= 1;
        Columns = isVector && byElement ? 1 : first.Columns;
        partRows = isVector && byElement ? first.Columns : first.Rows;
        Rows = partRows * parts.Count;
        rowBytes = checked((int)(Columns * (Type == WeightType.F32 ? 4 : 2)));
    }

    /// <summary>The first part, for messages.</summary>
    public SafetensorsTensor First => parts[0];

    /// <summary>Whether there is one part alone.</summary>
    public bool IsSingle => parts.Count == 1;

    /// <summary>The type of the values.</summary>
    public WeightType Type { get; }

    /// <summary>Sizes, the number of parts first if there are several, the length of a row last.</summary>
    public long[] Shape { get; }

    /// <summary>Rows of all dimensions but the last together.</summary>
    public long Rows { get; }

    /// <summary>Values of a row.</summary>
    public long Columns { get; }

    /// <summary>Bytes of a row.</summary>
    public int RowBytes => rowBytes;

    /// <summary>A row's bytes.</summary>
    public ReadOnlySpan<byte> Row(long row)
    {
        var part = parts[(int)(row / partRows)];
        return part.Map.Bytes(part.Offset + (row % partRows * rowBytes), rowBytes);
    }

    /// <summary>What does not fit the configuration.</summary>
    public InvalidModelException Misfit(string fact)
        => new($"{First.Map.Name}: the tensor {First.Name} [{string.Join(", ", First.Shape)}] {fact}.");
}
