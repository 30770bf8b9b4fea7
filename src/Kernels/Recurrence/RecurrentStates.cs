using System.Runtime.InteropServices;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Recurrence;

/// <summary>
/// What recurrent layers keep of sequences: numbered slots of a fixed size, in each slot one layer's floats after another's. A slot
/// serves one sequence, whatever its length.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed unsafe class RecurrentStates : IDisposable
{
    private readonly long[] layerOffsets;
    private readonly List<AlignedBuffer> slots = [];

    /// <summary>Plans the slots of a model.</summary>
    /// <param name="layers">One entry a layer.</param>
    public RecurrentStates(ReadOnlySpan<KvLayerShape> layers)
    {
        layerOffsets = new long[layers.Length];
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layerOffsets[layer] = SlotBytes;
            SlotBytes = checked(SlotBytes + (layers[layer].StateFloats * (long)sizeof(float)));
        }
    }

    /// <summary>Bytes of a slot, all layers; 0 for a model without recurrent layers.</summary>
    public long SlotBytes { get; }

    /// <summary>Slots that exist.</summary>
    public int Count => slots.Count;

    /// <summary>Adds a slot.</summary>
    /// <returns>Its number.</returns>
    public int Add()
    {
        slots.Add(new AlignedBuffer(SlotBytes));
        return slots.Count - 1;
    }

    /// <summary>Makes a slot that of an empty sequence: zeros.</summary>
    public void Clear(int slot) => NativeMemory.Clear(slots[slot].Pointer, (nuint)SlotBytes);

    /// <summary>Copies a slot.</summary>
    public void Copy(int source, int destination)
        => Buffer.MemoryCopy(slots[source].Pointer, slots[destination].Pointer, SlotBytes, SlotBytes);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slot in slots)
            slot.Dispose();
    }

    /// <summary>Where a layer's floats begin in a slot.</summary>
    internal float* Layer(int slot, int layer) => (float*)(slots[slot].Pointer + layerOffsets[layer]);
}
