using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>
/// Keys stored number by number, [4 blocks][dimensions][16 positions]. Queries are packed as [dimensions][rows] for each register tile.
/// A score is one chain of fused multiply-adds over the dimensions; several rows and blocks side by side keep the multipliers busy.
/// </summary>
internal sealed unsafe class FloatKeys<TRung, TElement> : KeyStorage
    where TRung : unmanaged, IRung<TRung>
    where TElement : unmanaged, IKvElement
{
    private const int Block = KvHeadShape.BlockPositions;

    public override void Store(in KvHeadShape shape, float* key, byte* keys, int position)
    {
        int length = shape.KeyLength;
        byte* narrow = stackalloc byte[TElement.Bytes * length];
        TElement.Encode(new ReadOnlySpan<float>(key, length), new Span<byte>(narrow, TElement.Bytes * length));
        int first = (position / Block * Block * length) + (position % Block);
        for (int dimension = 0; dimension < length; dimension++)
        {
            int at = first + (Block * dimension);
            if (TElement.Bytes == sizeof(float))
                ((float*)keys)[at] = ((float*)narrow)[dimension];
            else
                ((ushort*)keys)[at] = ((ushort*)narrow)[dimension];
        }
    }

    public override void PackQueries(in QueryTile tile, in TileWorkspace workspace)
    {
        int length = tile.Task.Shape.KeyLength;
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            float* packed = Queries(workspace, split, i, length);
            int width = split.Width(i);
            for (int row = 0; row < width; row++)
            {
                // Rows that only fill the register tile repeat the last one; nobody reads their results.
                float* query = tile.Query(split.First(i) + Math.Min(row, split.Present(i) - 1));
                PackQuery(query, length, tile.QueryScale, packed + row, width);
            }
        }
    }

    public override void Scores(in QueryTile tile, in TileWorkspace workspace, int piece, int page, byte* keys)
    {
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        if (TElement.IsFloat || split.Count == 1)
        {
            Multiply<TElement>(tile, split, workspace, piece, page, keys);
            return;
        }

        Unpack(keys, tile.Seen(0, tile.Rows, piece).OfPage(page).EndBlock * tile.Task.Shape.KeyLength, workspace.Unpacked);
        Multiply<SingleElement>(tile, split, workspace, piece, page, (byte*)workspace.Unpacked);
    }

    private static void Multiply<TStored>(
        in QueryTile tile, in TokenTiles split, in TileWorkspace workspace, int piece, int page, byte* keys)
        where TStored : unmanaged, IKvElement
    {
        int length = tile.Task.Shape.KeyLength;
        float* scores = workspace.Scores + (page * KvHeadShape.PagePositions);
        for (int i = 0; i < split.Count; i++)
        {
            var seen = tile.Seen(split.First(i), split.Present(i), piece).OfPage(page);
            if (seen.IsEmpty)
                continue;
            float* queries = Queries(workspace, split, i, length);
            float* first = scores + (split.First(i) * PieceValues.Stride);
            switch (split.Width(i))
            {
                case 1: KeyProducts<TRung, TStored, SingleRow<TRung>>.Run(keys, length, queries, seen.EndBlock, first); break;
                case 2:
                    KeyProducts<TRung, TStored, RowPair<SingleRow<TRung>, TRung>>.Run(keys, length, queries, seen.EndBlock, first);
                    break;
                case 4:
                    KeyProducts<TRung, TStored, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                        .Run(keys, length, queries, seen.EndBlock, first);
                    break;
                default:
                    KeyProducts<TRung, TStored, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                        .Run(keys, length, queries, seen.EndBlock, first);
                    break;
            }
        }
    }

    /// <summary>Many rows meet a page: its keys become floats once.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void Unpack(byte* keys, int vectors, float* unpacked)
    {
        for (; vectors > 0; vectors--, keys += Block * TElement.Bytes, unpacked += Block)
            TRung.Store(TElement.Load<TRung>(keys), unpacked);
    }

    /// <summary>
    /// One row becomes a column of [length][width]: scaled numbers that carry the element's factor. Number by number, for what is stored as a
    /// vector waits to be read as numbers.
    /// </summary>
    [MethodImpl(InnerLoop.Options)]
    private static void PackQuery(float* query, int length, float scale, float* packed, int width)
    {
        for (int i = 0; i < length; i++, packed += width)
        {
            float value = query[i] * scale;
            value = -TElement.LargestCarrier > value ? -TElement.LargestCarrier : value;
            value = TElement.LargestCarrier < value ? TElement.LargestCarrier : value;
            *packed = value * TElement.Factor;
        }
    }

    private static float* Queries(in TileWorkspace workspace, in TokenTiles split, int tile, int length)
        => (float*)workspace.PackedQueries + (split.First(tile) * length);
}
