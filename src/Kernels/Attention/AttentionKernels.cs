namespace Hearth.Kernels.Attention;

/// <summary>Writing the cache, and attention of a tile of queries. <see cref="PagedAttention"/> shares the tiles out.</summary>
public abstract unsafe class AttentionKernels
{
    private protected AttentionKernels()
    {
    }

    /// <summary>Writes the key of one position.</summary>
    /// <param name="shape">Layout of the head.</param>
    /// <param name="key">[KeyLength].</param>
    /// <param name="head">Where the head begins in the page.</param>
    /// <param name="position">Position in the page, 0 to 63.</param>
    public abstract void StoreKey(in KvHeadShape shape, float* key, byte* head, int position);

    /// <summary>Writes the value of one position.</summary>
    /// <param name="shape">Layout of the head.</param>
    /// <param name="value">[ValueLength].</param>
    /// <param name="head">Where the head begins in the page.</param>
    /// <param name="position">Position in the page, 0 to 63.</param>
    public abstract void StoreValue(in KvHeadShape shape, float* value, byte* head, int position);

    /// <summary>Attention of a tile to all its keys.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="workspace">This worker's memory.</param>
    internal abstract void Attend(in QueryTile tile, in TileWorkspace workspace);

    /// <summary>The states of a tile's rows after one piece alone.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="workspace">This worker's memory.</param>
    /// <param name="states">Receives the states.</param>
    internal abstract void AttendPiece(in QueryTile tile, int piece, in TileWorkspace workspace, in RowStates states);

    /// <summary>Merges the pieces that <see cref="AttendPiece"/> gave, in ascending order, and writes the outputs.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="states">The states of the tile's first piece; changed.</param>
    /// <param name="stride">Floats from one piece's states to the next.</param>
    internal abstract void MergePieces(in QueryTile tile, float* states, nint stride);
}
