using Hearth.Kernels.Formats;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>Attention compiled for one rung.</summary>
internal sealed unsafe class AttentionKernels<TRung> : AttentionKernels
    where TRung : unmanaged, IRung<TRung>
{
    public override void StoreKey(in KvHeadShape shape, float* key, byte* head, int position)
    {
        const int Block = KvHeadShape.BlockPositions;
        int length = shape.KeyLength;
        int first = (position / Block * Block * length) + (position % Block);
        if (shape.KeyType == KvType.F32)
        {
            for (int dimension = 0; dimension < length; dimension++)
                ((float*)head)[first + (Block * dimension)] = key[dimension];
            return;
        }

        ushort* narrow = stackalloc ushort[length];
        Narrow(shape.KeyType, key, length, narrow);
        for (int dimension = 0; dimension < length; dimension++)
            ((ushort*)head)[first + (Block * dimension)] = narrow[dimension];
    }

    public override void StoreValue(in KvHeadShape shape, float* value, byte* head, int position)
    {
        int length = shape.ValueLength;
        int padded = shape.PaddedValueLength;
        byte* row = head + shape.KeyBytes + ((long)position * (shape.ValueBytes / KvHeadShape.PagePositions));
        if (shape.ValueType == KvType.F32)
        {
            new ReadOnlySpan<float>(value, length).CopyTo(new Span<float>(row, length));
            new Span<float>(row, padded)[length..].Clear();
        }
        else
        {
            Narrow(shape.ValueType, value, length, (ushort*)row);
            new Span<ushort>(row, padded)[length..].Clear();
        }
    }

    internal override void Attend(in QueryTile tile, in TileWorkspace workspace)
    {
        TileAttention<TRung>.PackQueries(tile, workspace.Queries);
        int first = tile.FirstPiece;
        if (first >= tile.EndPiece)
            RowSoftmax<TRung>.Reset(workspace.Total, tile.Rows, tile.Task.Shape.PaddedValueLength);
        for (int piece = first; piece < tile.EndPiece; piece++)
        {
            TileAttention<TRung>.Piece(tile, piece, workspace, piece == first ? workspace.Total : workspace.Piece);
            if (piece > first)
                RowSoftmax<TRung>.Merge(workspace.Total, workspace.Piece, tile.Rows, tile.Task.Shape.PaddedValueLength);
        }

        RowSoftmax<TRung>.Finish(tile, workspace.Total);
    }

    internal override void AttendPiece(in QueryTile tile, int piece, in TileWorkspace workspace, in RowStates states)
    {
        TileAttention<TRung>.PackQueries(tile, workspace.Queries);
        TileAttention<TRung>.Piece(tile, piece, workspace, states);
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

    private static void Narrow(KvType type, float* source, int count, ushort* destination)
    {
        var floats = new ReadOnlySpan<float>(source, count);
        var bytes = new Span<byte>(destination, 2 * count);
        if (type == KvType.F16)
            F16.Encode(floats, default, bytes);
        else
            BF16.Encode(floats, default, bytes);
    }
}
