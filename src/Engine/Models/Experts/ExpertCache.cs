using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Memory;
using Hearth.Kernels.Threading;

namespace Hearth.Engine.Models.Experts;

/// <summary>
/// Memory of a fixed size for the experts of a model that does not fit in memory. An expert is packed from the model's file into a slot when a
/// token needs it; where no slot is free, the expert that was not used for longest leaves. All slots have the size of the largest expert,
/// so that their memory serves again as it is.
/// </summary>
/// <remarks>Threads may share it: while one computes with an expert, the others wait.</remarks>
public sealed class ExpertCache : IDisposable
{
    private const double Mebibyte = 1 << 20;

    private readonly Lock gate = new();
    private readonly long limitBytes;
    private long slotBytes;
    private AlignedBuffer? memory;
    private CachedExpert?[] slots = [];
    private long[] lastUses = [];

    /// <summary>Prepares a cache.</summary>
    /// <param name="limitBytes">The most memory that it takes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative.</exception>
    public ExpertCache(long limitBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limitBytes);
        this.limitBytes = limitBytes;
    }

    /// <summary>Experts of all layers.</summary>
    public int Experts { get; private set; }

    /// <summary>Bytes of all of them together, packed.</summary>
    public long ExpertBytes { get; private set; }

    /// <summary>Experts that memory holds at the same time.</summary>
    public int Slots => slots.Length;

    /// <summary>Bytes of the memory that holds them; a page is taken when it is first written.</summary>
    public long Bytes => memory?.Length ?? 0;

    /// <summary>How often an expert was used, once for all tokens of a pass.</summary>
    public long Uses { get; private set; }

    /// <summary>How often it had to be read from the file for that.</summary>
    public long Reads { get; private set; }

    /// <inheritdoc/>
    public void Dispose() => memory?.Dispose();

    /// <summary>Counts an expert that will live here.</summary>
    internal void Add(CachedExpert expert)
    {
        Experts++;
        ExpertBytes = checked(ExpertBytes + expert.Bytes);
        slotBytes = Math.Max(slotBytes, expert.Bytes);
    }

    /// <summary>Takes the memory, once all experts are known.</summary>
    /// <param name="name">The model, for messages.</param>
    /// <exception cref="InsufficientMemoryException">The limit is below one expert, or the system has not that much memory to give.</exception>
    /// <exception cref="NotSupportedException">There are no experts.</exception>
    internal void Reserve(string name)
    {
        if (Experts == 0)
        {
            throw new NotSupportedException(
                $"{name}: has no experts that can be read one by one; it is a dense model, or a folder, of which hearth convert makes a file.");
        }

        long count = Math.Min(limitBytes / slotBytes, Experts);
        if (count < 1)
        {
            throw new InsufficientMemoryException(FormattableString.Invariant(
                $"{name}: {limitBytes / Mebibyte:F2} MiB are left for its experts, and one of them takes {slotBytes / Mebibyte:F2} MiB."));
        }

        memory = new AlignedBuffer(checked(count * slotBytes), hugePages: true, zeroed: false);
        slots = new CachedExpert?[count];
        lastUses = new long[count];
    }

    /// <summary>Applies an expert, reading it first if it is not there.</summary>
    internal Rows Apply(CachedExpert expert, ISublayer layer, ForwardPass pass, Rows x)
    {
        lock (gate)
        {
            Bring(expert, pass.Cpu.Pool);
            return layer.Apply(pass, x);
        }
    }

    /// <summary>Sees to it that an expert is in memory.</summary>
    internal void Bring(CachedExpert expert, WorkerPool pool)
    {
        Uses++;
        if (expert.Slot < 0)
            Read(expert, pool);
        lastUses[expert.Slot] = Uses;
    }

    private void Read(CachedExpert expert, WorkerPool pool)
    {
        Reads++;
        int slot = Oldest();
        slots[slot]?.Leave();
        slots[slot] = expert;
        expert.Enter(slot, memory!.Address + (nint)(slot * slotBytes), pool);
    }

    /// <summary>An empty slot while there is one, because it was never used.</summary>
    private int Oldest()
    {
        int oldest = 0;
        for (int slot = 1; slot < lastUses.Length; slot++)
        {
            if (lastUses[slot] < lastUses[oldest])
                oldest = slot;
        }

        return oldest;
    }
}
