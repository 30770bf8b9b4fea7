namespace Hearth.Kernels.Attention;

/// <summary>One worker's memory: the queries and scores of a tile, two sets of row states, and what of a page is unpacked for all rows.</summary>
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
        Unpacked = states + (2L * StateFloats(shape));
    }

    /// <summary>The queries as the keys' storage wants them.</summary>
    public byte* PackedQueries { get; }

    /// <summary>[rows][key length, padded to 32]: the queries side by side, for storages that pack them from there.</summary>
    public float* GatheredQueries { get; }

    /// <summary>[rows][<see cref="PieceValues.Stride"/>]: scores, then probabilities.</summary>
    public float* Scores { get; }

    public RowStates Total { get; }

    public RowStates Piece { get; }

    /// <summary>The keys of a page as floats, and then the values of a piece.</summary>
    public float* Unpacked { get; }

    public static long Bytes(in KvHeadShape shape)
        => sizeof(float) * ((2L * QueryFloats(shape)) + ScoreFloats + (2L * StateFloats(shape)) + UnpackedFloats(shape));

    private static int QueryFloats(in KvHeadShape shape) => QueryTile.MaxRows * ((shape.KeyLength + 31) / 32 * 32);

    private static int UnpackedFloats(in KvHeadShape shape)
        => Math.Max(KvHeadShape.PagePositions * shape.KeyLength, QueryTile.PiecePositions * shape.PaddedValueLength);

    private static int StateFloats(in KvHeadShape shape) => QueryTile.MaxRows * RowStates.RowFloats(shape.PaddedValueLength);
}
