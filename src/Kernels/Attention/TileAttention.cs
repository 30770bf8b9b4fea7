using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>Attention of one tile of query rows to one piece of keys, and to all of them.</summary>
internal static unsafe class TileAttention<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private const int PagePositions = KvHeadShape.PagePositions;

    /// <summary>Interleaves the queries for the register tiles: [KeyLength][rows of the register tile], one after another.</summary>
    public static void PackQueries(in QueryTile tile, float* packed)
    {
        int keyLength = tile.Task.Shape.KeyLength;
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++, packed += TRung.TileTokens * keyLength)
        {
            int width = split.Width(i);
            for (int row = 0; row < width; row++)
            {
                // Rows that only fill the register tile repeat the last one; nobody reads their results.
                float* query = tile.Query(split.First(i) + Math.Min(row, split.Present(i) - 1));
                for (int dimension = 0; dimension < keyLength; dimension++)
                    packed[(dimension * width) + row] = query[dimension];
            }
        }
    }

    /// <summary>Computes the row states of one piece.</summary>
    /// <param name="tile">The tile.</param>
    /// <param name="piece">The piece, between the tile's first and last.</param>
    /// <param name="workspace">With the tile's packed queries.</param>
    /// <param name="states">Receives the states.</param>
    public static void Piece(in QueryTile tile, int piece, in TileWorkspace workspace, in RowStates states)
    {
        ref readonly var shape = ref tile.Task.Shape;
        int start = piece * QueryTile.PiecePositions;
        int first = Math.Max(0, tile.FirstKey - start);
        int end = Math.Min(QueryTile.PiecePositions, tile.EndKey - start);
        switch (shape.KeyType)
        {
            case KvType.F32: Scores<SingleElement>(tile, start, first, end, workspace); break;
            case KvType.F16: Scores<HalfElement>(tile, start, first, end, workspace); break;
            default: Scores<BFloat16Element>(tile, start, first, end, workspace); break;
        }

        for (int row = 0; row < tile.Rows; row++)
        {
            float* scores = workspace.Scores + (row * PieceValues.Stride);
            RowSoftmax<TRung>.Weigh(tile, row, piece, first / 16, (end + 15) / 16, scores, states);
        }

        switch (shape.ValueType)
        {
            case KvType.F32: WeightedSums<SingleElement>(tile, start, first, end, workspace, states); break;
            case KvType.F16: WeightedSums<HalfElement>(tile, start, first, end, workspace, states); break;
            default: WeightedSums<BFloat16Element>(tile, start, first, end, workspace, states); break;
        }
    }

    private static void Scores<TElement>(in QueryTile tile, int start, int first, int end, in TileWorkspace workspace)
        where TElement : struct, IKvElement
    {
        ref readonly var task = ref tile.Task;
        nint offset = (nint)tile.KvHead * task.Shape.TotalBytes;
        int keyLength = task.Shape.KeyLength;
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int page = first / PagePositions * PagePositions; page < end; page += PagePositions)
        {
            byte* keys = task.Pages[(start + page) / PagePositions] + offset;
            int blocks = Math.Min(PagePositions, end - page + 15) / KvHeadShape.BlockPositions;
            for (int i = 0; i < split.Count; i++)
            {
                float* queries = workspace.Queries + (i * TRung.TileTokens * keyLength);
                float* scores = workspace.Scores + (split.First(i) * PieceValues.Stride) + page;
                switch (split.Width(i))
                {
                    case 1:
                        CacheProducts<TRung, TElement, SingleRow<TRung>>
                            .Scores(keys, keyLength, queries, blocks, scores, PieceValues.Stride);
                        break;
                    case 2:
                        CacheProducts<TRung, TElement, RowPair<SingleRow<TRung>, TRung>>
                            .Scores(keys, keyLength, queries, blocks, scores, PieceValues.Stride);
                        break;
                    case 4:
                        CacheProducts<TRung, TElement, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                            .Scores(keys, keyLength, queries, blocks, scores, PieceValues.Stride);
                        break;
                    default:
                        CacheProducts<TRung, TElement, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                            .Scores(keys, keyLength, queries, blocks, scores, PieceValues.Stride);
                        break;
                }
            }
        }
    }

    private static void WeightedSums<TElement>(
        in QueryTile tile, int start, int first, int end, in TileWorkspace workspace, in RowStates states)
        where TElement : struct, IKvElement
    {
        ref readonly var task = ref tile.Task;
        ref readonly var shape = ref task.Shape;
        int vectors = shape.PaddedValueLength / 16;
        var values = new PieceValues(
            task.Pages + (start / PagePositions),
            ((nint)tile.KvHead * shape.TotalBytes) + shape.KeyBytes,
            vectors * TElement.VectorBytes,
            first,
            end);
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            float* probabilities = workspace.Scores + (split.First(i) * PieceValues.Stride);
            float* sums = states.Values(split.First(i));
            switch (split.Width(i))
            {
                case 1:
                    CacheProducts<TRung, TElement, SingleRow<TRung>>.WeightedSums(values, vectors, probabilities, sums, states.Stride);
                    break;
                case 2:
                    CacheProducts<TRung, TElement, RowPair<SingleRow<TRung>, TRung>>
                        .WeightedSums(values, vectors, probabilities, sums, states.Stride);
                    break;
                case 4:
                    CacheProducts<TRung, TElement, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                        .WeightedSums(values, vectors, probabilities, sums, states.Stride);
                    break;
                default:
                    CacheProducts<TRung, TElement, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                        .WeightedSums(values, vectors, probabilities, sums, states.Stride);
                    break;
            }
        }
    }
}
