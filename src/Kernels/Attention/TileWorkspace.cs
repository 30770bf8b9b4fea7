namespace Hearth.Kernels.Attention;

/// <summary>One worker's memory: the queries and scores of a tile, and two sets of row states.</summary>
internal readonly unsafe struct TileWorkspace
{
    public TileWorkspace(byte* start, in KvHeadShape shape)
    {
        Queries = (float*)start;
        Scores = Queries + QueryFloats(shape);
        float* states = Scores + ScoreFloats;
        Total = new RowStates(states, shape.PaddedValueLength);
        Piece = new RowStates(states + StateFloats(shape), shape.PaddedValueLength);
    }

    /// <summary>For each register tile of T rows [KeyLength][T].</summary>
    public float* Queries { get; }

    /// <summary>[rows][<see cref="PieceValues.Stride"/>]: scores, then probabilities.</summary>
    public float* Scores { get; }

    public RowStates Total { get; }

    public RowStates Piece { get; }

    private static int ScoreFloats => QueryTile.MaxRows * PieceValues.Stride;

    public static long Bytes(in KvHeadShape shape)
        => sizeof(float) * ((long)QueryFloats(shape) + ScoreFloats + (2 * StateFloats(shape)));

    private static int QueryFloats(in KvHeadShape shape) => QueryTile.MaxRows * ((shape.KeyLength + 15) / 16 * 16);

    private static int StateFloats(in KvHeadShape shape) => QueryTile.MaxRows * RowStates.RowFloats(shape.PaddedValueLength);
}
