namespace Hearth.Engine.Cache;

/// <summary>
/// What recurrent layers keep of one sequence. Such a state cannot be cut at a position as pages can: going back means to take the
/// copy of an earlier position, of which there are a few, and to read the tokens from there again.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class SequenceState : IDisposable
{
    // A chat goes back to before its last message, or the one before: see HearthSession.
    private const int MaxCheckpoints = 2;

    private readonly StatePool pool;
    private readonly (int Position, int Slot)[] checkpoints = new (int, int)[MaxCheckpoints];
    private int checkpointCount;

    public SequenceState(StatePool pool)
        : this(pool, pool.TakeEmpty())
    {
    }

    private SequenceState(StatePool pool, int slot)
    {
        this.pool = pool;
        Slot = slot;
    }

    /// <summary>The slot that passes write.</summary>
    public int Slot { get; }

    public SequenceState Fork()
    {
        var fork = new SequenceState(pool, pool.TakeCopy(Slot)) { checkpointCount = checkpointCount };
        for (int i = 0; i < checkpointCount; i++)
        {
            pool.Share(checkpoints[i].Slot);
            fork.checkpoints[i] = checkpoints[i];
        }

        return fork;
    }

    /// <summary>Keeps a copy of the state as it is; the oldest copy goes if there are too many.</summary>
    /// <param name="position">Positions that the state has read.</param>
    public void Checkpoint(int position)
    {
        if (position == 0 || (checkpointCount > 0 && checkpoints[checkpointCount - 1].Position == position))
            return;
        if (checkpointCount == MaxCheckpoints)
        {
            pool.Return(checkpoints[0].Slot);
            Array.Copy(checkpoints, 1, checkpoints, 0, --checkpointCount);
        }

        checkpoints[checkpointCount++] = (position, pool.TakeCopy(Slot));
    }

    /// <summary>Goes back to the last copy at or before a position.</summary>
    /// <param name="position">The most positions that the state shall have read.</param>
    /// <returns>Positions that it has read now; 0 if there was no copy.</returns>
    public int Rewind(int position)
    {
        while (checkpointCount > 0 && checkpoints[checkpointCount - 1].Position > position)
            pool.Return(checkpoints[--checkpointCount].Slot);
        if (checkpointCount == 0)
        {
            pool.Slots.Clear(Slot);
            return 0;
        }

        var (read, copy) = checkpoints[checkpointCount - 1];
        pool.Slots.Copy(copy, Slot);
        return read;
    }

    public void Dispose()
    {
        pool.Return(Slot);
        while (checkpointCount > 0)
            pool.Return(checkpoints[--checkpointCount].Slot);
    }
}
