using Hearth.Kernels.Attention;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Cache;

/// <summary>
/// The slots in which recurrent layers keep sequences: one that is written for each sequence, and copies of it for the positions to
/// which the sequence may be rewound. Copies are never written, so forks share them.
/// </summary>
/// <remarks>One thread at a time.</remarks>
internal sealed class StatePool(ReadOnlySpan<KvLayerShape> layers) : IDisposable
{
    private readonly Stack<int> free = new();
    private int[] references = [];

    /// <summary>The memory.</summary>
    public RecurrentStates Slots { get; } = new(layers);

    /// <summary>Whether the model has recurrent layers at all.</summary>
    public bool IsNeeded => Slots.SlotBytes > 0;

    /// <summary>Slots in use.</summary>
    public int UsedSlots => Slots.Count - free.Count;

    /// <summary>The slot of an empty sequence.</summary>
    public int TakeEmpty()
    {
        int slot = Take();
        Slots.Clear(slot);
        return slot;
    }

    /// <summary>A slot with the content of another.</summary>
    public int TakeCopy(int source)
    {
        int slot = Take();
        Slots.Copy(source, slot);
        return slot;
    }

    public void Share(int slot) => references[slot]++;

    public void Return(int slot)
    {
        if (--references[slot] == 0)
            free.Push(slot);
    }

    public void Dispose() => Slots.Dispose();

    private int Take()
    {
        if (!free.TryPop(out int slot))
        {
            slot = Slots.Add();
            Array.Resize(ref references, slot + 1);
            free.EnsureCapacity(slot + 1);
        }

        references[slot] = 1;
        return slot;
    }
}
