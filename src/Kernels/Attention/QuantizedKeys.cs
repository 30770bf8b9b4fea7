using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>
/// Keys in groups of 32 dimensions that meet quantised queries in integer dot products, like the weights of a panel meet activations.
/// The layout of a block is drawn in <see cref="KvHeadShape"/>.
/// </summary>
internal sealed unsafe class QuantizedKeys<TRung, TGroup> : KeyStorage
    where TRung : unmanaged, IRung<TRung>
    where TGroup : unmanaged, IKvGroup
{
    private const int GroupLength = 32;
    private const int ScaleBytes = 2 * KvHeadShape.BlockPositions;

    // Both zero points are 8: a biased byte - 128 is its low nibble + 16 * (its high nibble - 8).
    private static readonly ActivationLayout Layout =
        new ActivationLayout(GroupLength, GroupLength, GroupLength, GroupCorrection.Pair, 8, false).For<TRung>(TRung.TileTokens);

    public override void Store(in KvHeadShape shape, float* key, byte* keys, int position)
    {
        Span<float> values = stackalloc float[GroupLength];
        byte* block = keys + (position / KvHeadShape.BlockPositions * (nint)shape.KeyBlockBytes);
        int groups = Groups(shape);
        for (int group = 0; group < groups; group++)
        {
            int count = Math.Min(GroupLength, shape.KeyLength - (group * GroupLength));
            new ReadOnlySpan<float>(key + (group * GroupLength), count).CopyTo(values);
            values[count..].Clear();
            var scales = new Span<ushort>(block + (group * ScaleBytes), KvHeadShape.BlockPositions);
            var lines = new Span<byte>(block + LinesAt(groups) + (group * TGroup.LineBytes), TGroup.LineBytes);
            TGroup.Store(values, position % KvHeadShape.BlockPositions, scales, lines);
        }
    }

    public override void PackQueries(in QueryTile tile, in TileWorkspace workspace)
    {
        var shape = tile.Task.Shape;
        int padded = Groups(shape) * GroupLength;
        float scale = tile.QueryScale;
        for (int row = 0; row < tile.Rows; row++)
        {
            var gathered = new Span<float>(workspace.GatheredQueries + (row * padded), padded);
            float* query = tile.Query(row);
            for (int i = 0; i < shape.KeyLength; i++)
                gathered[i] = query[i] * scale;
            gathered[shape.KeyLength..].Clear();
        }

        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            float* first = workspace.GatheredQueries + (split.First(i) * padded);
            byte* packed = workspace.PackedQueries + (split.First(i) * Layout.TokenBytes(padded));
            ActivationPacker<TRung>.PackTile(Layout, first, padded, padded, split.Present(i), split.Width(i), packed);
        }
    }

    public override void Scores(in QueryTile tile, in TileWorkspace workspace, int piece, int page, byte* keys)
    {
        float* scores = workspace.Scores + (page * KvHeadShape.PagePositions);
        var shape = tile.Task.Shape;
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            byte* queries = workspace.PackedQueries + (split.First(i) * Layout.TokenBytes(Groups(shape) * GroupLength));
            float* first = scores + (split.First(i) * PieceValues.Stride);
            int present = split.Present(i);
            var seen = tile.Seen(split.First(i), present, piece).OfPage(page);
            int blocks = seen.IsEmpty ? 0 : seen.EndBlock;
            switch (split.Width(i))
            {
                case 1: Run<Tile1<TRung>>(shape, keys, queries, blocks, first, present); break;
                case 2: Run<TilePair<Tile1<TRung>, TRung>>(shape, keys, queries, blocks, first, present); break;
                case 4: Run<Tile4<TRung>>(shape, keys, queries, blocks, first, present); break;
                default:
                    Run<TilePair<Tile4<TRung>, TRung>>(shape, keys, queries, blocks, first, present);
                    break;
            }
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Run<TTile>(in KvHeadShape shape, byte* keys, byte* queries, int blocks, float* scores, int rows)
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        int groups = Groups(shape);
        int blockBytes = shape.KeyBlockBytes;
        for (; blocks > 0; blocks--, keys += blockBytes, scores += KvHeadShape.BlockPositions)
        {
            var accumulators = TTile.Zero;
            byte* scales = keys;
            byte* lines = keys + LinesAt(groups);
            byte* x = queries;
            for (int group = groups; group > 0; group--)
            {
                TGroup.Multiply<TRung, TTile>(lines, TRung.LoadHalf((ushort*)scales), x, ref accumulators);
                scales += ScaleBytes;
                lines += TGroup.LineBytes;
                x += 40 * TTile.Tokens;
            }

            accumulators.Store(scores, PieceValues.Stride, rows);
        }
    }

    private static int Groups(in KvHeadShape shape) => (shape.KeyLength + (GroupLength - 1)) / GroupLength;

    private static int LinesAt(int groups) => ((ScaleBytes * groups) + 63) / 64 * 64;
}
