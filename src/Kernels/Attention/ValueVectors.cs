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
    public override float Factor => TVectors.Factor;

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

    public override void WeightedSums(in QueryTile tile, in PieceValues values, float* probabilities, in RowStates states)
    {
        var split = new TokenTiles(tile.Rows, TRung.TileTokens);
        for (int i = 0; i < split.Count; i++)
        {
            float* first = probabilities + (split.First(i) * PieceValues.Stride);
            float* sums = states.Values(split.First(i));
            switch (split.Width(i))
            {
                case 1: ValueProducts<TRung, TVectors, SingleRow<TRung>>.Run(values, first, sums, states.Stride); break;
                case 2: ValueProducts<TRung, TVectors, RowPair<SingleRow<TRung>, TRung>>.Run(values, first, sums, states.Stride); break;
                case 4:
                    ValueProducts<TRung, TVectors, RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>>
                        .Run(values, first, sums, states.Stride);
                    break;
                default:
                    ValueProducts<TRung, TVectors, RowPair<RowPair<RowPair<SingleRow<TRung>, TRung>, TRung>, TRung>>
                        .Run(values, first, sums, states.Stride);
                    break;
            }
        }
    }
}
