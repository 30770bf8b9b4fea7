namespace Hearth.Engine.Cache;

/// <summary>
/// One sequence's place in the cache: a list of page numbers, which forking shares and rewinding drops; and the state of recurrent
/// layers, which forking copies and rewinding takes back from a checkpoint.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class KvSequence : IDisposable
{
    private readonly KvPool pool;
    private readonly int[] pages;
    private readonly SequenceState? state;
    private int pageCount;
    private bool disposed;

    /// <summary>Starts an empty sequence.</summary>
    /// <param name="pool">Where its pages come from.</param>
    /// <param name="capacity">The most positions it will hold: its page list never grows beyond.</param>
    public KvSequence(KvPool pool, int capacity)
        : this(pool, capacity, pool is { HasStates: true } ? new SequenceState(pool.States) : null)
    {
    }

    private KvSequence(KvPool pool, int capacity, SequenceState? state)
    {
        ArgumentNullException.ThrowIfNull(pool);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        this.pool = pool;
        this.state = state;
        Capacity = capacity;
        pages = new int[(capacity + KvPool.PagePositions - 1) / KvPool.PagePositions];
    }

    /// <summary>The most positions.</summary>
    public int Capacity { get; }

    /// <summary>Positions that hold keys and values.</summary>
    public int Length { get; private set; }

    /// <summary>Page numbers, valid up to <see cref="Length"/> positions.</summary>
    internal int[] Pages => pages;

    /// <summary>The slot of the recurrent layers' state; -1 in a model without.</summary>
    internal int StateSlot => state?.Slot ?? -1;

    /// <summary>A second sequence with the same content; pages are shared until one of them writes, a state is copied.</summary>
    public KvSequence Fork()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var fork = new KvSequence(pool, Capacity, state?.Fork()) { pageCount = pageCount, Length = Length };
        Array.Copy(pages, fork.pages, pageCount);
        for (int i = 0; i < pageCount; i++)
            pool.Share(pages[i]);
        return fork;
    }

    /// <summary>
    /// Keeps a copy of the recurrent layers' state, so that <see cref="Rewind"/> finds this position again; the last two are kept. Does
    /// nothing in a model without such layers, whose sequences can be rewound to any position.
    /// </summary>
    public void Checkpoint()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        state?.Checkpoint(Length);
    }

    /// <summary>Forgets everything from a position on.</summary>
    /// <param name="length">Positions to keep.</param>
    /// <returns>
    /// Positions that are kept: <paramref name="length"/>, or in a model with recurrent layers those up to the last checkpoint before
    /// it. The tokens between must be read again.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException">The sequence is not that long.</exception>
    public int Rewind(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        if (state != null && length < Length)
            length = state.Rewind(length);
        Cut(length);
        return length;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        Cut(0);
        state?.Dispose();
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

    /// <summary>The bytes of one of its pages, all layers.</summary>
    internal ReadOnlySpan<byte> PageContent(int index) => pool.Pages.Content(pages[index]);

    /// <summary>Adds a page, for the caller to fill. The sequence has no recurrent layers and ends at the end of a page.</summary>
    internal Span<byte> AddPage()
    {
        Extend(KvPool.PagePositions);
        return pool.Pages.Content(pages[pageCount - 1]);
    }

    private void Cut(int length)
    {
        int keep = (length + KvPool.PagePositions - 1) / KvPool.PagePositions;
        while (pageCount > keep)
            pool.Return(pages[--pageCount]);
        Length = length;
    }
}
