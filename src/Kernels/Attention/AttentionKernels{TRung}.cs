using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>Attention compiled for one rung.</summary>
internal sealed unsafe class AttentionKernels<TRung> : AttentionKernels
    where TRung : unmanaged, IRung<TRung>
{
    private readonly KeyStorage[] keys;
    private readonly ValueStorage[] values;

    public AttentionKernels()
    {
        keys = new KeyStorage[Enum.GetValues<KvType>().Length];
        values = new ValueStorage[keys.Length];
        Add<SingleElement>(KvType.F32);
        Add<HalfElement>(KvType.F16);
        Add<BFloat16Element>(KvType.BF16);
        AddQuantized<ByteGroup>(KvType.Q8_0);
        AddQuantized<NibbleGroup>(KvType.Q4_0);

        void Add<TElement>(KvType type)
            where TElement : unmanaged, IKvElement
        {
            keys[(int)type] = new FloatKeys<TRung, TElement>();
            values[(int)type] = new ValueVectors<TRung, TElement>();
        }

        void AddQuantized<TGroup>(KvType type)
            where TGroup : unmanaged, IKvGroup, IValueVectors
        {
            keys[(int)type] = new QuantizedKeys<TRung, TGroup>();
            values[(int)type] = new ValueVectors<TRung, TGroup>();
        }
    }

    public override void StoreKey(in KvHeadShape shape, float* key, byte* head, int position)
        => keys[(int)shape.KeyType].Store(shape, key, head, position);

    public override void StoreValue(in KvHeadShape shape, float* value, byte* head, int position)
        => values[(int)shape.ValueType]
            .Store(value, shape.ValueLength, head + shape.KeyBytes + ((nint)position * shape.ValueRowBytes), shape.ValueRowBytes);

    internal override void Attend(in QueryTile tile, in TileWorkspace workspace)
    {
        keys[(int)tile.Task.Shape.KeyType].PackQueries(tile, workspace);
        int paddedValueLength = tile.Task.Shape.PaddedValueLength;
        int first = tile.FirstPiece;
        if (first >= tile.EndPiece)
            RowSoftmax<TRung>.Reset(workspace.Total, tile.Rows, paddedValueLength);
        for (int piece = first; piece < tile.EndPiece; piece++)
        {
            Compute(tile, piece, workspace, piece == first ? workspace.Total : workspace.Piece);
            if (piece > first)
                RowSoftmax<TRung>.Merge(workspace.Total, workspace.Piece, tile.Rows, paddedValueLength);
        }

        RowSoftmax<TRung>.Finish(tile, workspace.Total);
    }

    internal override void AttendPiece(in QueryTile tile, int piece, in TileWorkspace workspace, in RowStates states)
    {
        keys[(int)tile.Task.Shape.KeyType].PackQueries(tile, workspace);
        Compute(tile, piece, workspace, states);
    }

    internal override void MergePieces(in QueryTile tile, float* states, nint stride)
    {
        int paddedValueLength = tile.Task.Shape.PaddedValueLength;
        var total = new RowStates(states, paddedValueLength);
        if (tile.FirstPiece >= tile.EndPiece)
            RowSoftmax<TRung>.Reset(total, tile.Rows, paddedValueLength);
        for (int piece = tile.FirstPiece + 1; piece < tile.EndPiece; piece++)
        {
            states += stride;
            RowSoftmax<TRung>.Merge(total, new RowStates(states, paddedValueLength), tile.Rows, paddedValueLength);
        }

        RowSoftmax<TRung>.Finish(tile, total);
    }

    /// <summary>The states of a tile's rows after one piece: scores, probabilities, sums.</summary>
    private void Compute(in QueryTile tile, int piece, in TileWorkspace workspace, in RowStates states)
    {
        const int PagePositions = KvHeadShape.PagePositions;
        ref readonly var task = ref tile.Task;
        var shape = task.Shape;
        var keyStorage = keys[(int)shape.KeyType];
        var valueStorage = values[(int)shape.ValueType];
        nint head = (nint)tile.KvHead * shape.TotalBytes;
        byte** pages = task.Pages + (piece * (QueryTile.PiecePositions / PagePositions));
        var seen = tile.Seen(0, tile.Rows, piece);
        for (int page = seen.First / PagePositions; page * PagePositions < seen.End; page++)
            keyStorage.Scores(tile, workspace, piece, page, pages[page] + head);

        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        float factor = valueStorage.FactorFor(split.Count);
        for (int i = 0; i < split.Count; i++)
            RowSoftmax<TRung>.Weigh(tile, split.First(i), split.Present(i), piece, workspace.Scores, factor, states);

        var pieceValues = new PieceValues(pages, head + shape.KeyBytes, shape.ValueRowBytes, shape.PaddedValueLength / 16, seen);
        valueStorage.WeightedSums(tile, piece, pieceValues, workspace, states);
    }
}
