namespace Hearth.Kernels.Attention;

/// <summary>The values of one head in the pages of one piece, as they are stored or unpacked, and which of the positions count.</summary>
/// <param name="pages">The piece's first page.</param>
/// <param name="offset">Where in a page the head's values begin.</param>
/// <param name="rowBytes">Bytes from one position to the next.</param>
/// <param name="vectors">Sixteens of dimensions.</param>
/// <param name="seen">The positions that count.</param>
internal readonly unsafe struct PieceValues(byte** pages, nint offset, nint rowBytes, int vectors, PositionRange seen)
{
    /// <summary>Floats from one row's scores of a piece to the next: not a power of two, which would crowd a few sets of the cache.</summary>
    public const int Stride = QueryTile.PiecePositions + 16;

    private readonly byte** pages = pages;

    public nint RowBytes => rowBytes;

    public int Vectors => vectors;

    public PositionRange Seen => seen;

    /// <summary>The same values with other positions that count.</summary>
    public PieceValues Of(PositionRange positions) => new(pages, offset, rowBytes, vectors, positions);

    public int EndOfPage(int position) => Math.Min(seen.End, (position | (KvHeadShape.PagePositions - 1)) + 1);

    public byte* Page(int page) => pages[page] + offset;

    public byte* Row(int position)
        => pages[position / KvHeadShape.PagePositions] + offset + (position % KvHeadShape.PagePositions * rowBytes);
}
