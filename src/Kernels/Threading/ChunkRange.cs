namespace Hearth.Kernels.Threading;

/// <summary>The items that belong to one chunk: from <see cref="Start"/> up to, not including, <see cref="End"/>.</summary>
/// <param name="Start">First item.</param>
/// <param name="End">The item behind the last one.</param>
public readonly record struct ChunkRange(int Start, int End)
{
    /// <summary>Number of items; 0 where there are more chunks than items.</summary>
    public int Length => End - Start;

    /// <summary>
    /// Cuts <paramref name="total"/> items into contiguous ranges in the order of the chunks, whose lengths differ by at most one
    /// <paramref name="granule"/>.
    /// </summary>
    /// <param name="total">Items to share out.</param>
    /// <param name="chunk">0 to <paramref name="chunks"/> - 1.</param>
    /// <param name="chunks">Number of ranges.</param>
    /// <param name="granule">Ranges begin at multiples of it, as kernels for 16 rows at a time want; the last takes the rest.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="total"/> is negative, <paramref name="chunk"/> is not one of the chunks, or <paramref name="granule"/> is below 1.
    /// </exception>
    public static ChunkRange Of(int total, int chunk, int chunks, int granule = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        ArgumentOutOfRangeException.ThrowIfNegative(chunk);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(chunk, chunks);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(granule);
        var granules = ((long)total + granule - 1) / granule;
        return new ChunkRange(Boundary(chunk), Boundary(chunk + 1L));

        int Boundary(long index) => (int)Math.Min(granules * index / chunks * granule, total);
    }
}
