namespace Hearth.Engine.Files.HuggingFace;

/// <summary>Which rows of a matrix are taken, in order.</summary>
/// <param name="Count">How many.</param>
/// <param name="Of">Where a row comes from.</param>
internal sealed record RowOrder(long Count, Func<long, long> Of)
{
    /// <summary>All rows as they are.</summary>
    public static RowOrder All(long count) => new(count, row => row);

    /// <summary>Half of the rows.</summary>
    public static RowOrder Half(SourceMatrix source, int which)
    {
        long half = Even(source, source.MatrixRows) / 2;
        return new RowOrder(half, row => (which * half) + row);
    }

    /// <summary>Every second row.</summary>
    public static RowOrder EveryOther(SourceMatrix source, int first)
        => new(Even(source, source.MatrixRows) / 2, row => (2 * row) + first);

    /// <summary>Half of the columns.</summary>
    public static RowOrder HalfOfColumns(SourceMatrix source, int which)
    {
        long half = Even(source, source.Columns) / 2;
        return new RowOrder(half, column => (which * half) + column);
    }

    /// <summary>Every second column.</summary>
    public static RowOrder EveryOtherColumn(SourceMatrix source, int first)
        => new(Even(source, source.Columns) / 2, column => (2 * column) + first);

    /// <summary>A run of rows.</summary>
    public static RowOrder Range(SourceMatrix source, long first, long count)
        => first >= 0 && count >= 0 && first + count <= source.MatrixRows
            ? new RowOrder(count, row => first + row)
            : throw source.Misfit($"has not the rows {first} to {first + count}, which the configuration says");

    private static long Even(SourceMatrix source, long count)
        => count % 2 == 0 && count > 0 ? count : throw source.Misfit("does not divide into a gate and up");
}
