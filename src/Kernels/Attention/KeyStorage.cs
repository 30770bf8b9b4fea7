namespace Hearth.Kernels.Attention;

/// <summary>Keys of one <see cref="KvType"/>: how they get into a page, and the products of queries with them.</summary>
internal abstract unsafe class KeyStorage
{
    /// <summary>Writes the key of one position.</summary>
    /// <param name="shape">Layout of the head.</param>
    /// <param name="key">[KeyLength].</param>
    /// <param name="keys">The keys of a page.</param>
    /// <param name="position">Position in the page.</param>
    public abstract void Store(in KvHeadShape shape, float* key, byte* keys, int position);

    /// <summary>Brings a tile's queries into the form that <see cref="Scores"/> takes.</summary>
    public abstract void PackQueries(in QueryTile tile, in TileWorkspace workspace);

    /// <summary>The products of all queries of a tile with the keys of a page, before any scale.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="workspace">With the packed queries.</param>
    /// <param name="piece">The piece that is computed.</param>
    /// <param name="page">Which of its pages.</param>
    /// <param name="keys">The keys of the page.</param>
    /// <remarks>A register tile gets the blocks that its rows see, and may get more of the page's four.</remarks>
    public abstract void Scores(in QueryTile tile, in TileWorkspace workspace, int piece, int page, byte* keys);
}
