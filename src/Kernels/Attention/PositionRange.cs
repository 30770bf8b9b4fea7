namespace Hearth.Kernels.Attention;

/// <summary>Consecutive positions of a piece, or of a page, that some rows see.</summary>
/// <param name="First">The first.</param>
/// <param name="End">One past the last; not above <paramref name="First"/> where there are none.</param>
internal readonly record struct PositionRange(int First, int End)
{
    public bool IsEmpty => First >= End;

    /// <summary>The first block of 16 that holds some.</summary>
    public int FirstBlock => First / KvHeadShape.BlockPositions;

    /// <summary>One past the last block that holds some; <see cref="FirstBlock"/> where none does.</summary>
    public int EndBlock => IsEmpty ? FirstBlock : (End + KvHeadShape.BlockPositions - 1) / KvHeadShape.BlockPositions;

    /// <summary>Those of a piece that lie in one of its pages, counted from the start of that page.</summary>
    public PositionRange OfPage(int page)
    {
        const int PagePositions = KvHeadShape.PagePositions;
        return new(Math.Max(0, First - (page * PagePositions)), Math.Min(PagePositions, End - (page * PagePositions)));
    }
}
