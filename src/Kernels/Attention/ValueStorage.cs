namespace Hearth.Kernels.Attention;

/// <summary>Values of one <see cref="KvType"/>: how they get into a page, and their sums weighted by probabilities.</summary>
internal abstract unsafe class ValueStorage
{
    /// <summary>A power of two that the probabilities have to carry for <see cref="WeightedSums"/>.</summary>
    public abstract float Factor { get; }

    /// <summary>Writes the value of one position, padded with zeros.</summary>
    /// <param name="value">[length].</param>
    /// <param name="length">Dimensions.</param>
    /// <param name="row">Where the position's value begins.</param>
    /// <param name="rowBytes">Bytes of it.</param>
    public abstract void Store(float* value, int length, byte* row, int rowBytes);

    /// <summary>Sums the values of a piece for each row of a tile.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="values">Where the values lie, and which positions count.</param>
    /// <param name="probabilities">The first row's probability of the piece's first position; rows are <see cref="PieceValues.Stride"/> apart.</param>
    /// <param name="states">Receives the sums.</param>
    public abstract void WeightedSums(in QueryTile tile, in PieceValues values, float* probabilities, in RowStates states);
}
