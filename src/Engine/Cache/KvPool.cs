using Hearth.Kernels.Attention;

namespace Hearth.Engine.Cache;

/// <summary>
/// The pages of all sequences of a model: reference-counted, so that sequences which share a beginning share its pages, and copied
/// when one of them writes; and the slots of those whose layers keep a state.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class KvPool : IDisposable
{
    /// <summary>Positions of a page.</summary>
    public const int PagePositions = KvHeadShape.PagePositions;

    // 1024 positions: few enough that a short chat reserves little, enough that growing is rare.
    private const int SlabPages = 16;

    private readonly Stack<int> free = new();
    private int[] references = [];

    /// <summary>Plans a pool; memory is taken as pages are.</summary>
    /// <param name="layers">What each layer keeps of a sequence.</param>
    public KvPool(ReadOnlySpan<KvLayerShape> layers)
    {
        Pages = new KvPages(layers, SlabPages);
        States = new StatePool(layers);
    }

    /// <summary>Pages in use.</summary>
    public int UsedPages => Pages.Count - free.Count;

    /// <summary>Bytes of a page, all layers.</summary>
    public long PageBytes => Pages.PageBytes;

    /// <summary>Whether layers keep a state, which pages do not hold: sequences then cannot begin with pages of another one.</summary>
    public bool HasStates => States.IsNeeded;

    /// <summary>Bytes of one sequence's state, all layers.</summary>
    public long StateBytes => States.Slots.SlotBytes;

    internal KvPages Pages { get; }

    internal StatePool States { get; }

    /// <summary>Makes sure that so many pages can be taken without growing.</summary>
    public void Reserve(int pages)
    {
        while (free.Count < pages)
            Grow();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Pages.Dispose();
        States.Dispose();
    }

    internal int Take()
    {
        if (free.Count == 0)
            Grow();
        int page = free.Pop();
        references[page] = 1;
        return page;
    }

    internal void Share(int page) => references[page]++;

    internal void Return(int page)
    {
        if (--references[page] == 0)
            free.Push(page);
    }

    /// <summary>A page that only the caller holds, with the same content: the page itself, or a copy.</summary>
    internal int Own(int page)
    {
        if (references[page] == 1)
            return page;
        int copy = Take();
        Pages.Copy(page, copy);
        references[page]--;
        return copy;
    }

    private void Grow()
    {
        int first = Pages.Count;
        int added = Pages.AddSlab();
        Array.Resize(ref references, first + added);
        free.EnsureCapacity(first + added);
        for (int page = first + added - 1; page >= first; page--)
            free.Push(page);
    }
}
