using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Attention;

/// <summary>
/// Values stored position by position. A sum is one chain of fused multiply-adds over the positions; several rows and sixteens of
/// dimensions side by side keep the multipliers busy.
/// </summary>
internal sealed unsafe class ValueVectors<TRung, TVectors> : ValueStorage
    where TRung : unmanaged, IRung<TRung>
    where TVectors : unmanaged, IValueVectors
{
    public override float FactorFor(int registerTiles) => registerTiles == 1 ? TVectors.Factor : 1;

    public override void Store(float* value, int length, byte* row, int rowBytes)
    {
        var into = new Span<byte>(row, rowBytes);
        if (length % 16 == 0)
        {
            TVectors.Encode(new ReadOnlySpan<float>(value, length), into);
            return;
        }

        int paddedLength = (length + 15) / 16 * 16;
        float* padded = stackalloc float[paddedLength];
        new ReadOnlySpan<float>(value, length).CopyTo(new Span<float>(padded, length));
        new Span<float>(padded, paddedLength)[length..].Clear();
        TVectors.Encode(new ReadOnlySpan<float>(padded, paddedLength), into);
    }

    public override void WeightedSums(in QueryTile tile, int piece, in PieceValues values, in TileWorkspace workspace, in RowStates states)
    {
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        if (split.Count == 1 || TVectors.IsFloat)
        {
            for (int i = 0; i < split.Count; i++)
                Run<TVectors>(split, i, values.Of(tile.Seen(split.First(i), split.Present(i), piece)), workspace.Scores, states);
            return;
        }

        // All rows meet the piece: its values become floats once.
        const int PagePositions = KvHeadShape.PagePositions;
        int rowFloats = 16 * values.Vectors;
        byte** pages = stackalloc byte*[QueryTile.PiecePositions / PagePositions];
        for (int page = values.Seen.First / PagePositions; page * PagePositions < values.Seen.End; page++)
        {
            float* unpacked = workspace.Unpacked + (page * PagePositions * rowFloats);
            pages[page] = (byte*)unpacked;
            Unpack(values.Page(page), values.RowBytes, values.Vectors, values.Seen.OfPage(page), unpacked);
        }

        var floats = new PieceValues(pages, 0, rowFloats * sizeof(float), values.Vectors, values.Seen);
        for (int i = 0; i < split.Count; i++)
            Run<SingleElement>(split, i, floats.Of(tile.Seen(split.First(i), split.Present(i), piece)), workspace.Scores, states);
    }

    private static void Run<TStored>(in TokenTiles split, int tile, in PieceValues values, float* probabilities, in RowStates states)
        where TStored : unmanaged, IValueVectors
    {
        float* first = probabilities + (split.First(tile) * PieceValues.Stride);
        float* sums = states.Values(split.First(tile));
        switch (split.Width(tile))
        {
            case 1: ValueProducts<TRung, TStored, SingleRow<TRung>>.Run(values, first, sums, states.Stride); break;
            case 2: ValueProducts<TRung, TStored, RowPair<SingleRow<TRung>, TRung>>.Run(values, first, sums, states.Stride); break;
            case 4:
                ValueProducts<TRung, TStored, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                    .Run(values, first, sums, states.Stride);
                break;
            default:
                ValueProducts<TRung, TStored, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                    .Run(values, first, sums, states.Stride);
                break;
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Unpack(byte* row, nint rowBytes, int vectors, PositionRange positions, float* unpacked)
    {
        var factor = TRung.Broadcast(TVectors.Factor);
        row += positions.First * rowBytes;
        unpacked += positions.First * 16 * vectors;
        for (int position = positions.First; position < positions.End; position++, row += rowBytes)
        {
            int vector = 0;
            for (; vector + 2 <= vectors; vector += 2, unpacked += 32)
            {
                TVectors.LoadPair<TVectors, TRung>(row, vector, vectors, out var low, out var high);
                TRung.Store(low * factor, unpacked);
                TRung.Store(high * factor, unpacked + 16);
            }

            if (vector < vectors)
            {
                TRung.Store(TVectors.Load<TRung>(row, vector, vectors) * factor, unpacked);
                unpacked += 16;
            }
        }
    }
}
