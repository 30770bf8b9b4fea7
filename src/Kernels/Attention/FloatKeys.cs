using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
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

    // Rows of queries that are packed side by side.
    private const int FourRows = 4;

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
            if (width < FourRows)
            {
                for (int row = 0; row < width; row++)
                    PackQuery(Query(tile, split, i, row), 0, length, tile.QueryScale, packed + row, width);
                continue;
            }

            for (int row = 0; row < width; row += FourRows)
            {
                PackFour(
                    Query(tile, split, i, row),
                    Query(tile, split, i, row + 1),
                    Query(tile, split, i, row + 2),
                    Query(tile, split, i, row + 3),
                    length,
                    tile.QueryScale,
                    packed + row,
                    width);
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

    /// <summary>Four rows become columns of [length][width]: scaled numbers that carry the element's factor.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void PackFour(
        float* first, float* second, float* third, float* fourth, int length, float scale, float* packed, int width)
    {
        int at = 0;
        for (float* to = packed; at <= length - 4; at += 4)
        {
            var a = Carried(first + at, scale);
            var b = Carried(second + at, scale);
            var c = Carried(third + at, scale);
            var d = Carried(fourth + at, scale);
            Quads.Transpose(ref a, ref b, ref c, ref d);
            a.Store((int*)to);
            b.Store((int*)(to += width));
            c.Store((int*)(to += width));
            d.Store((int*)(to += width));
            to += width;
        }

        if (at == length)
            return;
        PackQuery(first, at, length, scale, packed, width);
        PackQuery(second, at, length, scale, packed + 1, width);
        PackQuery(third, at, length, scale, packed + 2, width);
        PackQuery(fourth, at, length, scale, packed + 3, width);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Carried(float* query, float scale)
    {
        var largest = Vector128.Create(TElement.LargestCarrier);
        var value = Vector128.Load(query) * Vector128.Create(scale);
        value = Vector128.ConditionalSelect(Vector128.GreaterThan(-largest, value), -largest, value);
        value = Vector128.ConditionalSelect(Vector128.LessThan(largest, value), largest, value);
        return (value * Vector128.Create(TElement.Factor)).AsInt32();
    }

    /// <summary>One row from a dimension on, number by number.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void PackQuery(float* query, int from, int length, float scale, float* packed, int width)
    {
        for (int i = from; i < length; i++)
        {
            float value = query[i] * scale;
            value = -TElement.LargestCarrier > value ? -TElement.LargestCarrier : value;
            value = TElement.LargestCarrier < value ? TElement.LargestCarrier : value;
            packed[i * width] = value * TElement.Factor;
        }
    }

    /// <summary>A row of a register tile. Those that only fill it repeat the last one; nobody reads their results.</summary>
    private static float* Query(in QueryTile tile, in TokenTiles split, int registers, int row)
        => tile.Query(split.First(registers) + Math.Min(row, split.Present(registers) - 1));

    private static float* Queries(in TileWorkspace workspace, in TokenTiles split, int tile, int length)
        => (float*)workspace.PackedQueries + (split.First(tile) * length);
}
