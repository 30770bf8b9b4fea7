using Hearth.Kernels.Memory;

namespace Hearth.Kernels.Attention;

/// <summary>
/// The memory of the KV cache: numbered pages of 64 positions, in each page all layers, in each layer one head after another. It
/// grows by slabs that never move; the system commits them only as they are written.
/// </summary>
public sealed unsafe class KvPages : IDisposable
{
    private readonly KvLayerShape[] layers;
    private readonly long[] layerOffsets;
    private readonly int slabPages;
    private readonly List<AlignedBuffer> slabs = [];

    /// <summary>Plans the pages of a model.</summary>
    /// <param name="layers">One entry a layer.</param>
    /// <param name="slabPages">Pages of a slab, at least 1.</param>
    public KvPages(ReadOnlySpan<KvLayerShape> layers, int slabPages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(slabPages, 1);
        this.layers = layers.ToArray();
        this.slabPages = slabPages;
        layerOffsets = new long[layers.Length];
        long bytes = 0;
        for (int layer = 0; layer < layers.Length; layer++)
        {
            layerOffsets[layer] = bytes;
            bytes = checked(bytes + layers[layer].PageBytes);
        }

        PageBytes = Math.Max(bytes, 64);
    }

    /// <summary>Bytes of a page, all layers.</summary>
    public long PageBytes { get; }

    /// <summary>Pages that exist.</summary>
    public int Count => slabs.Count * slabPages;

    /// <summary>Bytes reserved.</summary>
    public long ReservedBytes => Count * PageBytes;

    /// <summary>Shape of a layer.</summary>
    public KvLayerShape Layer(int layer) => layers[layer];

    /// <summary>Adds a slab of pages; numbers go on where they ended.</summary>
    /// <returns>How many pages were added.</returns>
    public int AddSlab()
    {
        slabs.Add(new AlignedBuffer(checked(PageBytes * slabPages), hugePages: false, zeroed: false));
        return slabPages;
    }

    /// <summary>Copies a page.</summary>
    public void Copy(int source, int destination)
        => Buffer.MemoryCopy(Page(source), Page(destination), PageBytes, PageBytes);

    /// <summary>The bytes of a page, valid until the pages are disposed.</summary>
    public Span<byte> Content(int page) => new(Page(page), checked((int)PageBytes));

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var slab in slabs)
            slab.Dispose();
    }

    /// <summary>Where a layer's first head begins in a page.</summary>
    internal byte* Layer(int page, int layer) => Page(page) + layerOffsets[layer];

    private byte* Page(int page) => slabs[page / slabPages].Pointer + (page % slabPages * PageBytes);
}
