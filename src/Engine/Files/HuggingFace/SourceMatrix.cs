using Hearth.Kernels.Formats;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>One tensor of a folder, or several of equal shape and type stacked, as matrices whose rows can be taken in any order.</summary>
internal sealed class SourceMatrix
{
    private readonly IReadOnlyList<FolderMatrix> parts;
    private readonly long partRows;

    /// <summary>Stacks tensors.</summary>
    /// <param name="parts">The tensors.</param>
    /// <param name="reshape">The shape in which the stack is seen; null for its own.</param>
    /// <param name="byElement">Whether each value of a vector is a row, because values change places.</param>
    /// <exception cref="InvalidModelException">They differ, or have not the values of that shape.</exception>
    public SourceMatrix(IReadOnlyList<FolderMatrix> parts, Func<long[], long[]>? reshape, bool byElement)
    {
        var first = parts[0];
        this.parts = [.. parts];
        foreach (var part in parts)
        {
            if (part.Type != first.Type || !part.Shape.AsSpan().SequenceEqual(first.Shape))
            {
                throw part.Misfit(
                    $"of {part.Tensor.TypeName} has not the shape and type of {first.Tensor.Name} [{string.Join(", ", first.Shape)}] {first.Tensor.TypeName}");
            }
        }

        Type = first.Type;
        long[] shape = parts.Count > 1 ? [parts.Count, .. first.Shape] : first.Shape;
        Shape = reshape is null ? shape : reshape(shape);
        if (Count(Shape) != Count(shape))
            throw Misfit($"has not the values of the shape [{string.Join(", ", Shape)}]");
        bool isVector = Shape.Length < 2;
        long length = Shape.Length == 0 ? 1 : Shape[^1];
        Columns = isVector && byElement ? 1 : length;
        MatrixRows = !isVector ? Shape[^2] : byElement ? length : 1;
        if (first.View is null && Columns != first.Shape[^1])
            throw Misfit($"of {first.Tensor.TypeName} cannot be taken apart into rows of {Columns} values");
        partRows = Columns == 0 ? 0 : Count(first.Shape) / Columns;
        if (partRows * Columns != Count(first.Shape))
            throw Misfit($"cannot be taken apart into rows of {Columns} values");
    }

    /// <summary>The first part, for messages.</summary>
    public FolderMatrix First => parts[0];

    /// <summary>Whether there is one part alone.</summary>
    public bool IsSingle => parts.Count == 1;

    /// <summary>The type of the values.</summary>
    public WeightType Type { get; }

    /// <summary>Sizes, the number of parts first if there are several, the length of a row last.</summary>
    public long[] Shape { get; }

    /// <summary>Rows of one matrix; the values of a vector that is taken value by value.</summary>
    public long MatrixRows { get; }

    /// <summary>Values of a row.</summary>
    public long Columns { get; }

    /// <summary>Copies a row, of all matrices together.</summary>
    public void Copy(long row, Span<byte> target)
    {
        (long index, long at) = Math.DivRem(row, partRows);
        var part = parts[(int)index];
        if (part.View is { } view)
            view.Map.Bytes(view.Offset + (at * target.Length), target.Length).CopyTo(target);
        else
            part.Copy(at, target);
    }

    /// <summary>What does not fit the configuration.</summary>
    public InvalidModelException Misfit(string fact) => First.Misfit(fact);

    private static long Count(long[] shape) => shape.Aggregate(1L, (a, b) => checked(a * b));
}
