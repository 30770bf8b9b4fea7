namespace Hearth.Kernels.Attention;

/// <summary>Values of one <see cref="KvType"/>: how they get into a page, and their sums weighted by probabilities.</summary>
internal abstract unsafe class ValueStorage
{
    /// <summary>A power of two that the probabilities of so many register tiles have to carry for <see cref="WeightedSums"/>.</summary>
    public abstract float FactorFor(int registerTiles);

    /// <summary>Writes the value of one position, padded with zeros.</summary>
    /// <param name="value">[length].</param>
    /// <param name="length">Dimensions.</param>
    /// <param name="row">Where the position's value begins.</param>
    /// <param name="rowBytes">Bytes of it.</param>
    public abstract void Store(float* value, int length, byte* row, int rowBytes);

    /// <summary>Sums the values of a piece for each row of a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="values">Where the values lie, and which positions any row sees.</param>
    /// <param name="workspace">With the probabilities.</param>
    /// <param name="states">Receives the sums.</param>
    public abstract void WeightedSums(in QueryTile tile, int piece, in PieceValues values, in TileWorkspace workspace, in RowStates states);
}
