using System.Runtime.InteropServices;

namespace Hearth.Kernels.Memory;

/// <summary>
/// Scratch memory of a forward pass: a stack of 64-byte aligned slices in one <see cref="AlignedBuffer"/>. Slices are given back
/// by returning to a mark, so buffers whose lifetimes do not overlap share memory. The same code runs twice: once over
/// <see cref="Measure"/>, which hands out null and counts, then over an arena of <see cref="PeakBytes"/>. Renting never
/// allocates. One thread at a time; a forward pass rents before it forks.
/// </summary>
public sealed unsafe class Arena : IDisposable
{
    /// <summary>
    /// Name of the <see cref="AppContext"/> switch that turns poisoning on for every new arena: memory nobody has written since it
    /// was rented reads as 0xFF bytes, which are NaN in every float format. On in debug builds.
    /// </summary>
    public const string PoisonSwitch = "Hearth.Arena.Poison";

    private readonly AlignedBuffer? buffer;
    private readonly byte* start;
    private readonly bool poisoned;

    /// <summary>Makes an arena of a fixed capacity.</summary>
    /// <param name="capacityBytes">
    /// Bytes to hand out at most at one time, rounded up to 64: the <see cref="PeakBytes"/> of a measured run.
    /// </param>
    /// <param name="hugePages">See <see cref="AlignedBuffer"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacityBytes"/> is negative or beyond the address space.</exception>
    /// <exception cref="InsufficientMemoryException">The system has not that much memory to give.</exception>
    public Arena(long capacityBytes, bool hugePages = false)
        : this(new AlignedBuffer(RoundUp(capacityBytes), hugePages), PoisonByDefault())
    {
    }

    internal Arena(AlignedBuffer? buffer, bool poisoned)
    {
        this.buffer = buffer;
        this.poisoned = poisoned && buffer != null;
        CapacityBytes = buffer?.Length ?? long.MaxValue & -AlignedBuffer.Alignment;
        start = buffer == null ? null : buffer.Pointer;
        Poison(0, CapacityBytes);
    }

    /// <summary>Whether this arena only counts.</summary>
    public bool IsMeasuring => buffer == null;

    /// <summary>Bytes it can hand out at one time.</summary>
    public long CapacityBytes { get; }

    /// <summary>Bytes handed out now, padding included.</summary>
    public long UsedBytes { get; private set; }

    /// <summary>The most <see cref="UsedBytes"/> has been.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>An arena without memory: every slice is null, and <see cref="PeakBytes"/> is the capacity that a real run needs.</summary>
    public static Arena Measure() => new(null, poisoned: false);

    /// <summary>Takes the next <paramref name="bytes"/> of the stack, aligned to 64 bytes, content undefined.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bytes"/> is negative.</exception>
    /// <exception cref="InvalidOperationException">The arena is too small: its owner planned for less.</exception>
    /// <exception cref="ObjectDisposedException">The arena has been disposed.</exception>
    public Slice Rent(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes > CapacityBytes - UsedBytes)
            ThrowTooSmall(bytes);
        if (buffer != null)
            _ = buffer.Pointer;

        var slice = new Slice(IsMeasuring ? null : start + UsedBytes, bytes);
        UsedBytes += RoundUp(bytes);
        PeakBytes = Math.Max(PeakBytes, UsedBytes);
        return slice;
    }

    /// <summary>Takes room for <paramref name="count"/> floats; see <see cref="Rent"/>.</summary>
    /// <returns>The first float, or null while measuring.</returns>
    /// <exception cref="OverflowException">The count has more bytes than a <see cref="long"/> counts.</exception>
    public float* RentFloats(long count) => (float*)Rent(checked(count * sizeof(float))).Pointer;

    /// <summary>The present height, to return to by <see cref="Release"/>.</summary>
    public ArenaMark Mark() => new(this, UsedBytes);

    /// <summary>Gives back everything rented since <paramref name="mark"/> was taken.</summary>
    /// <exception cref="ArgumentException">
    /// The mark is another arena's, or lies above the present height: marks are released in the reverse order of their taking.
    /// </exception>
    public void Release(ArenaMark mark)
    {
        if (mark.Arena != this)
            throw new ArgumentException("The mark was taken from another arena.", nameof(mark));
        if (mark.Height > UsedBytes)
            ThrowOutOfOrder(mark);
        Poison(mark.Height, UsedBytes - mark.Height);
        UsedBytes = mark.Height;
    }

    /// <summary>Gives everything back, as after a forward pass that failed midway.</summary>
    public void Reset() => Release(new ArenaMark(this, 0));

    /// <summary>Frees the memory; every slice is invalid from here on. A second call does nothing.</summary>
    public void Dispose() => buffer?.Dispose();

    /// <summary>The next multiple of the alignment; negative numbers stay negative, for the buffer to refuse.</summary>
    private static long RoundUp(long bytes) => bytes <= 0 ? bytes : ((bytes - 1) | (AlignedBuffer.Alignment - 1L)) + 1;

    private static bool PoisonByDefault()
    {
#if DEBUG
        return !AppContext.TryGetSwitch(PoisonSwitch, out var enabled) || enabled;
#else
        return AppContext.TryGetSwitch(PoisonSwitch, out var enabled) && enabled;
#endif
    }

    private static void ThrowOutOfOrder(ArenaMark mark) => throw new ArgumentException(
        FormattableString.Invariant($"The mark at {mark.Height} bytes lies above the {mark.Arena.UsedBytes} in use: released before."),
        nameof(mark));

    private void Poison(long offset, long bytes)
    {
        if (poisoned)
            NativeMemory.Fill(buffer!.Pointer + offset, (nuint)bytes, 0xFF);
    }

    private void ThrowTooSmall(long bytes) => throw new InvalidOperationException(FormattableString.Invariant(
        $"An arena of {CapacityBytes} bytes with {UsedBytes} in use has no room for {bytes} more: it was planned for a smaller batch."));
}
