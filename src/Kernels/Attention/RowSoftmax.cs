using System.Runtime.CompilerServices;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>From raw products to probabilities, row by row, and from pieces to the whole.</summary>
internal static unsafe class RowSoftmax<TRung>
    where TRung : unmanaged, IRung<TRung>
{
    private const int Lanes = 16;

    private static TRung NoScore
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => TRung.Broadcast(float.NegativeInfinity);
    }

    /// <summary>
    /// Turns one row's products q.k of a piece into e^(score - m), zero where the row does not see the key, and keeps m and the sum.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="row">The row.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="firstBlock">First block of 16 positions that any row of the tile sees; positions within the piece.</param>
    /// <param name="endBlock">One past the last.</param>
    /// <param name="scores">The row's 256 products. Those of keys that do not exist may be anything.</param>
    /// <param name="factor">A power of two that the stored e^(score - m) carry, but not their sum.</param>
    /// <param name="states">Receives m and the sum.</param>
    [MethodImpl(InnerLoop.Options)]
    public static void Weigh(in QueryTile tile, int row, int piece, int firstBlock, int endBlock, float* scores, float factor, in RowStates states)
    {
        int start = piece * QueryTile.PiecePositions;
        int first = Math.Max(0, tile.FirstKeyOf(row) - start);
        int end = Math.Min(QueryTile.PiecePositions, tile.EndKeyOf(row) - start);
        int rowFirst = first < end ? first / Lanes : endBlock;
        int rowEnd = first < end ? (end + Lanes - 1) / Lanes : endBlock;
        Clear(scores, firstBlock, rowFirst);
        Clear(scores, rowEnd, endBlock);
        var lanes = LaneNumbers();

        ref readonly var task = ref tile.Task;
        var scale = TRung.Broadcast(task.Scale);
        var cap = TRung.Broadcast(task.SoftCap);
        var inverseCap = TRung.Broadcast(1 / task.SoftCap);
        float slope = task.AlibiSlopes == null ? 0 : task.AlibiSlopes[tile.Head(row)];
        var max = NoScore;
        for (int block = rowFirst; block < rowEnd; block++)
        {
            int at = block * Lanes;
            var score = TRung.Load(scores + at) * scale;
            if (task.SoftCap > 0)
                score = VectorMath<TRung>.Tanh(score * inverseCap) * cap;
            if (slope != 0)
            {
                var distance = TRung.Abs(TRung.Broadcast(tile.Position(row) - start - at) - lanes);
                score = TRung.NegatedMultiplyAdd(TRung.Broadcast(slope), distance, score);
            }

            if (at < first || at + Lanes > end)
                score = Mask(score, lanes, first - at, end - at);
            max = TRung.Max(max, score);
            TRung.Store(score, scores + at);
        }

        float largest = TRung.MaxLane(max);
        states.Max(row) = largest;
        var shift = TRung.Broadcast(Shift(largest));
        var carried = TRung.Broadcast(factor);
        var sum = TRung.Zero;
        for (int block = rowFirst; block < rowEnd; block++)
        {
            var weight = VectorMath<TRung>.ExpOfNegative(TRung.Load(scores + (block * Lanes)) - shift);
            sum += weight;
            TRung.Store(weight * carried, scores + (block * Lanes));
        }

        TRung.Store(sum, states.Sums(row));
    }

    /// <summary>The states of rows that have seen no key.</summary>
    public static void Reset(in RowStates states, int rows, int paddedValueLength)
    {
        for (int row = 0; row < rows; row++)
        {
            states.Max(row) = float.NegativeInfinity;
            new Span<float>(states.Sums(row), Lanes).Clear();
            new Span<float>(states.Values(row), paddedValueLength).Clear();
        }
    }

    /// <summary>Adds a piece to the pieces before it.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Merge(in RowStates total, in RowStates piece, int rows, int paddedValueLength)
    {
        for (int row = 0; row < rows; row++)
        {
            float max = MathF.Max(total.Max(row), piece.Max(row));
            var before = VectorMath<TRung>.ExpOfNegative(TRung.Broadcast(total.Max(row) - Shift(max)));
            var added = VectorMath<TRung>.ExpOfNegative(TRung.Broadcast(piece.Max(row) - Shift(max)));
            total.Max(row) = max;
            MergeSums(total.Sums(row), piece.Sums(row), before, added, Lanes);
            MergeSums(total.Values(row), piece.Values(row), before, added, paddedValueLength);
        }
    }

    /// <summary>Divides by the sum and writes the outputs of a tile.</summary>
    [MethodImpl(InnerLoop.Options)]
    public static void Finish(in QueryTile tile, in RowStates total)
    {
        float* sinks = tile.Task.Sinks;
        int valueLength = tile.Task.Shape.ValueLength;
        for (int row = 0; row < tile.Rows; row++)
        {
            float sum = TRung.Sum(TRung.Load(total.Sums(row)));
            float factor = 1;
            if (sinks != null)
            {
                float sink = sinks[tile.Head(row)];
                float max = MathF.Max(total.Max(row), sink);
                factor = ExpOfNegative(total.Max(row) - max);
                sum = MathF.FusedMultiplyAdd(sum, factor, ExpOfNegative(sink - max));
            }

            var scale = TRung.Broadcast(sum > 0 ? factor / sum : 0);
            WriteScaled(total.Values(row), scale, tile.Output(row), valueLength);
        }
    }

    /// <summary>Selects, so that what a key that does not exist left behind, even if not a number, has no effect.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TRung Mask(TRung score, TRung lanes, int first, int end)
    {
        score = TRung.SelectGreater(lanes, TRung.Broadcast(first - 0.5f), score, NoScore);
        return TRung.SelectGreater(TRung.Broadcast(end - 0.5f), lanes, score, NoScore);
    }

    private static TRung LaneNumbers()
    {
        ReadOnlySpan<float> numbers = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        fixed (float* first = numbers)
            return TRung.Load(first);
    }

    private static void Clear(float* scores, int first, int end)
    {
        for (int block = first; block < end; block++)
            TRung.Store(TRung.Zero, scores + (block * Lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MergeSums(float* total, float* piece, TRung before, TRung added, int count)
    {
        for (int i = 0; i < count; i += Lanes)
            TRung.Store(TRung.MultiplyAdd(TRung.Load(piece + i), added, TRung.Load(total + i) * before), total + i);
    }

    /// <summary>The added zero turns -0 into 0: which of them a sum is may depend on keys that the row does not see.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WriteScaled(float* values, TRung scale, float* output, int length)
    {
        int i = 0;
        for (; i <= length - Lanes; i += Lanes)
            TRung.Store(TRung.MultiplyAdd(TRung.Load(values + i), scale, TRung.Zero), output + i);
        if (i < length)
            Rows<TRung>.Store(TRung.MultiplyAdd(TRung.Load(values + i), scale, TRung.Zero), output + i, length - i);
    }

    /// <summary>What scores are shifted by: a row without keys keeps its minus infinities instead of becoming not a number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Shift(float max) => float.IsNegativeInfinity(max) ? 0 : max;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float ExpOfNegative(float x) => TRung.MaxLane(VectorMath<TRung>.ExpOfNegative(TRung.Broadcast(x)));
}
