using CommunityToolkit.HighPerformance;

namespace Hearth.Kernels.Compute;

/// <summary>
/// Rows of floats, one per token: a view on memory that an <see cref="Memory.Arena"/> or a caller owns. While an arena only measures,
/// rows have sizes but no memory.
/// </summary>
public readonly unsafe struct Rows
{
    internal Rows(float* pointer, int count, int width, nint stride)
    {
        Pointer = pointer;
        Count = count;
        Width = width;
        Stride = stride;
    }

    /// <summary>Rows.</summary>
    public int Count { get; }

    /// <summary>Floats of a row.</summary>
    public int Width { get; }

    /// <summary>Floats from one row to the next.</summary>
    public nint Stride { get; }

    internal float* Pointer { get; }

    /// <summary>One row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Count, nameof(row));
            return new(Row(row), Width);
        }
    }

    /// <summary>The rows as a matrix view; empty while only measuring.</summary>
    public Span2D<float> AsSpan2D()
        => Pointer == null ? default : new Span2D<float>(Pointer, Count, Width, checked((int)(Stride - Width)));

    /// <summary>Some of the columns of all rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The columns are not within the rows.</exception>
    public Rows Columns(int start, int width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + width, Width, nameof(width));
        return new(Pointer + start, Count, width, Stride);
    }

    /// <summary>Consecutive rows.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The rows are not within these.</exception>
    public Rows Slice(int start, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start + count, Count, nameof(count));
        return new(Pointer + (start * Stride), count, Width, Stride);
    }

    internal float* Row(int row) => Pointer + (row * Stride);
}
