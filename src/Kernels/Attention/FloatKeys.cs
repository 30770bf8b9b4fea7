using System.Runtime.CompilerServices;
using Hearth.Kernels.Elementwise;
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
                PackQuery(query, length, packed + row, width);
            }
        }
    }

    public override void Scores(in QueryTile tile, in TileWorkspace workspace, byte* keys, int blocks, float* scores)
    {
        int length = tile.Task.Shape.KeyLength;
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            float* queries = Queries(workspace, split, i, length);
            float* first = scores + (split.First(i) * PieceValues.Stride);
            switch (split.Width(i))
            {
                case 1: KeyProducts<TRung, TElement, SingleRow<TRung>>.Run(keys, length, queries, blocks, first); break;
                case 2: KeyProducts<TRung, TElement, RowPair<SingleRow<TRung>, TRung>>.Run(keys, length, queries, blocks, first); break;
                case 4:
                    KeyProducts<TRung, TElement, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                        .Run(keys, length, queries, blocks, first);
                    break;
                default:
                    KeyProducts<TRung, TElement, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                        .Run(keys, length, queries, blocks, first);
                    break;
            }
        }
    }

    /// <summary>One row becomes a column of [length][width]: numbers that carry the element's factor.</summary>
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    private static void PackQuery(float* query, int length, float* packed, int width)
    {
        float* carried = stackalloc float[Block];
        float* rest = stackalloc float[Block];
        int whole = Rows<TRung>.SetAside(query, length, 0, rest);
        var lowest = TRung.Broadcast(-TElement.LargestCarrier);
        var highest = TRung.Broadcast(TElement.LargestCarrier);
        var factor = TRung.Broadcast(TElement.Factor);
        for (int first = 0; first < length; first += Block)
        {
            var values = TRung.Load(first < whole ? query + first : rest);
            TRung.Store(TRung.Min(highest, TRung.Max(lowest, values)) * factor, carried);
            int count = Math.Min(Block, length - first);
            for (int i = 0; i < count; i++, packed += width)
                *packed = carried[i];
        }
    }

    private static float* Queries(in TileWorkspace workspace, in TokenTiles split, int tile, int length)
        => (float*)workspace.PackedQueries + (split.First(tile) * length);
}
