namespace Hearth.Engine.Cache;

/// <summary>One sequence's place in the cache: a list of page numbers. Forking shares them, rewinding drops them.</summary>
/// <remarks>One thread at a time.</remarks>
public sealed class KvSequence : IDisposable
{
    private readonly KvPool pool;
    private readonly int[] pages;
    private int pageCount;
    private bool disposed;

    /// <summary>Starts an empty sequence.</summary>
    /// <param name="pool">Where its pages come from.</param>
    /// <param name="capacity">The most positions it will hold: its page list never grows beyond.</param>
    public KvSequence(KvPool pool, int capacity)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        this.pool = pool;
        Capacity = capacity;
        pages = new int[(capacity + KvPool.PagePositions - 1) / KvPool.PagePositions];
    }

    /// <summary>The most positions.</summary>
    public int Capacity { get; }

    /// <summary>Positions that hold keys and values.</summary>
    public int Length { get; private set; }

    /// <summary>Page numbers, valid up to <see cref="Length"/> positions.</summary>
    internal int[] Pages => pages;

    /// <summary>A second sequence with the same content; pages are shared until one of them writes.</summary>
    public KvSequence Fork()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var fork = new KvSequence(pool, Capacity) { pageCount = pageCount, Length = Length };
        Array.Copy(pages, fork.pages, pageCount);
        for (int i = 0; i < pageCount; i++)
            pool.Share(pages[i]);
        return fork;
    }

    /// <summary>Forgets everything from a position on.</summary>
    /// <param name="length">Positions to keep.</param>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is not that long.</exception>
    public void Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        int keep = (length + KvPool.PagePositions - 1) / KvPool.PagePositions;
        while (pageCount > keep)
            pool.Return(pages[--pageCount]);
        Length = length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        Rewind(0);
        disposed = true;
    }

    /// <summary>Makes the next positions writable: pages of its own, copied if they were shared.</summary>
    /// <exception cref="InvalidOperationException">The sequence's capacity ends before.</exception>
    internal void Extend(int count)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        int length = checked(Length + count);
        if (length > Capacity)
            throw new InvalidOperationException($"The sequence holds {Length} of {Capacity} positions; {count} more do not fit.");
        int firstWritten = Length / KvPool.PagePositions;
        if (firstWritten < pageCount)
            pages[firstWritten] = pool.Own(pages[firstWritten]);
        int needed = (length + KvPool.PagePositions - 1) / KvPool.PagePositions;
        while (pageCount < needed)
            pages[pageCount++] = pool.Take();
        Length = length;
    }
}
