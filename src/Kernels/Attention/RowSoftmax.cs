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
    /// Turns the products q.k of the rows of a register tile with a piece into 2^(score - m), zero where a row does not see the key, and
    /// keeps m and the sum of each row.
    /// </summary>
    /// <param name="tile">The tile.</param>
    /// <param name="first">The first row of the register tile.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="scores">The tile's products, 256 a row. Those of keys that do not exist may be anything.</param>
    /// <param name="factor">A power of two that the stored 2^(score - m) carry, but not their sum.</param>
    /// <param name="states">Receives m and the sum.</param>
    public static void Weigh(in QueryTile tile, int first, int rows, int piece, float* scores, float factor, in RowStates states)
    {
        var around = tile.Seen(first, rows, piece);
        bool bends = tile.Task.SoftCap > 0 || tile.Task.AlibiSlopes != null;
        bool whole = tile.SeenByAll(first, rows, piece);
        for (int row = first; row < first + rows; row++)
        {
            var seen = whole ? around : tile.Seen(row, 1, piece);
            float* own = scores + (row * PieceValues.Stride);
            if (bends)
                Bend(tile, row, piece, seen, own);
            if (!whole)
                Mask(own, seen, around);
            states.Max(row) = Largest(own, seen.FirstBlock, seen.EndBlock);
        }

        // Row by row again: the powers of one row do not wait for its largest score.
        for (int row = first; row < first + rows; row++)
        {
            var seen = whole ? around : tile.Seen(row, 1, piece);
            float* own = scores + (row * PieceValues.Stride);
            Powers(own, seen.FirstBlock, seen.EndBlock, Shift(states.Max(row)), states.Sums(row));
            if (factor != 1)
                Multiply(own, seen.FirstBlock, seen.EndBlock, factor);
        }
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
    [SkipLocalsInit]
    [MethodImpl(InnerLoop.Options)]
    public static void Merge(in RowStates total, in RowStates piece, int rows, int paddedValueLength)
    {
        float* before = stackalloc float[Lanes];
        float* added = stackalloc float[Lanes];
        float* largest = stackalloc float[Lanes];
        for (int first = 0; first < rows; first += Lanes)
        {
            // A row is a lane while the factors are found; lanes too many repeat the last row.
            int count = Math.Min(Lanes, rows - first);
            for (int i = 0; i < Lanes; i++)
            {
                int row = first + Math.Min(i, count - 1);
                before[i] = total.Max(row);
                added[i] = piece.Max(row);
            }

            var max = TRung.Max(TRung.Load(before), TRung.Load(added));
            var shift = TRung.SelectGreater(max, NoScore, max, TRung.Zero);
            TRung.Store(VectorMath<TRung>.Exp2OfNegative(TRung.Load(before) - shift), before);
            TRung.Store(VectorMath<TRung>.Exp2OfNegative(TRung.Load(added) - shift), added);
            TRung.Store(max, largest);
            for (int i = 0; i < count; i++)
            {
                int row = first + i;
                total.Max(row) = largest[i];
                MergeSums(total.Sums(row), piece.Sums(row), TRung.Broadcast(before[i]), TRung.Broadcast(added[i]), Lanes + paddedValueLength);
            }
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
                float sink = sinks[tile.Head(row)] * QueryTile.Log2OfE;
                float max = MathF.Max(total.Max(row), sink);
                factor = Exp2OfNegative(total.Max(row) - max);
                sum = MathF.FusedMultiplyAdd(sum, factor, Exp2OfNegative(sink - max));
            }

            var scale = TRung.Broadcast(sum > 0 ? factor / sum : 0);
            WriteScaled(total.Values(row), scale, tile.Output(row), valueLength);
        }
    }

    /// <summary>Caps and biases of scores, which take them to the base e and back.</summary>
    [MethodImpl(InnerLoop.Options)]
    private static void Bend(in QueryTile tile, int row, int piece, PositionRange seen, float* scores)
    {
        var lanes = LaneNumbers();
        ref readonly var task = ref tile.Task;
        var cap = TRung.Broadcast(task.SoftCap * QueryTile.Log2OfE);
        var inverseCap = TRung.Broadcast(1 / (task.SoftCap * QueryTile.Log2OfE));
        var slope = TRung.Broadcast(task.AlibiSlopes == null ? 0 : task.AlibiSlopes[tile.Head(row)] * QueryTile.Log2OfE);
        int position = tile.Position(row) - (piece * QueryTile.PiecePositions);
        for (int block = seen.FirstBlock; block < seen.EndBlock; block++)
        {
            var score = TRung.Load(scores + (block * Lanes));
            if (task.SoftCap > 0)
                score = VectorMath<TRung>.Tanh(score * inverseCap) * cap;
            if (task.AlibiSlopes != null)
                score = TRung.NegatedMultiplyAdd(slope, TRung.Abs(TRung.Broadcast(position - (block * Lanes)) - lanes), score);
            TRung.Store(score, scores + (block * Lanes));
        }
    }

    /// <summary>
    /// Zeros in the blocks that other rows see and this one does not, minus infinity in its blocks where it does not see the key. Selects, so
    /// that what a key that does not exist left behind, even if not a number, has no effect.
    /// </summary>
    [MethodImpl(InnerLoop.Options)]
    private static void Mask(float* scores, PositionRange seen, PositionRange around)
    {
        if (seen.IsEmpty)
        {
            Clear(scores, around.FirstBlock, around.EndBlock);
            return;
        }

        Clear(scores, around.FirstBlock, seen.FirstBlock);
        Clear(scores, seen.EndBlock, around.EndBlock);
        var lanes = LaneNumbers();
        for (int block = seen.FirstBlock; block < seen.EndBlock; block++)
        {
            int at = block * Lanes;
            if (at >= seen.First && at + Lanes <= seen.End)
                continue;
            var score = TRung.Load(scores + at);
            score = TRung.SelectGreater(lanes, TRung.Broadcast(seen.First - at - 0.5f), score, NoScore);
            score = TRung.SelectGreater(TRung.Broadcast(seen.End - at - 0.5f), lanes, score, NoScore);
            TRung.Store(score, scores + at);
        }
    }

    [MethodImpl(InnerLoop.Options)]
    private static float Largest(float* scores, int firstBlock, int endBlock)
    {
        var max = NoScore;
        for (int block = firstBlock; block < endBlock; block++)
            max = TRung.Max(max, TRung.Load(scores + (block * Lanes)));
        return TRung.MaxLane(max);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Powers(float* scores, int firstBlock, int endBlock, float shift, float* sums)
    {
        var highest = TRung.Broadcast(shift);
        var sum = TRung.Zero;
        for (int block = firstBlock; block < endBlock; block++)
        {
            var weight = VectorMath<TRung>.Exp2OfNegative(TRung.Load(scores + (block * Lanes)) - highest);
            sum += weight;
            TRung.Store(weight, scores + (block * Lanes));
        }

        TRung.Store(sum, sums);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Multiply(float* scores, int firstBlock, int endBlock, float factor)
    {
        for (int block = firstBlock; block < endBlock; block++)
            TRung.Store(TRung.Load(scores + (block * Lanes)) * TRung.Broadcast(factor), scores + (block * Lanes));
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
    private static float Exp2OfNegative(float x) => TRung.MaxLane(VectorMath<TRung>.Exp2OfNegative(TRung.Broadcast(x)));
}
