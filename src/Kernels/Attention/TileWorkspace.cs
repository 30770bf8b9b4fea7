namespace Hearth.Kernels.Attention;

/// <summary>One worker's memory: the queries and scores of a tile, and two sets of row states.</summary>
internal readonly unsafe struct TileWorkspace
{
    private const int ScoreFloats = QueryTile.MaxRows * PieceValues.Stride;

    public TileWorkspace(byte* start, in KvHeadShape shape)
    {
        PackedQueries = start;
        GatheredQueries = (float*)start + QueryFloats(shape);
        Scores = GatheredQueries + QueryFloats(shape);
        float* states = Scores + ScoreFloats;
        Total = new RowStates(states, shape.PaddedValueLength);
        Piece = new RowStates(states + StateFloats(shape), shape.PaddedValueLength);
    }

    /// <summary>The queries as the keys' storage wants them.</summary>
    public byte* PackedQueries { get; }

    /// <summary>[rows][key length, padded to 32]: the queries side by side, for storages that pack them from there.</summary>
    public float* GatheredQueries { get; }

    /// <summary>[rows][<see cref="PieceValues.Stride"/>]: scores, then probabilities.</summary>
    public float* Scores { get; }

    public RowStates Total { get; }

    public RowStates Piece { get; }

    public static long Bytes(in KvHeadShape shape)
        => sizeof(float) * ((2L * QueryFloats(shape)) + ScoreFloats + (2L * StateFloats(shape)));

    private static int QueryFloats(in KvHeadShape shape) => QueryTile.MaxRows * ((shape.KeyLength + 31) / 32 * 32);

    private static int StateFloats(in KvHeadShape shape) => QueryTile.MaxRows * RowStates.RowFloats(shape.PaddedValueLength);
}
