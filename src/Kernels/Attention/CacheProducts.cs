using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>
/// The two products of attention. Both walk vectors of the cache and multiply each by one number per row: q.k takes one dimension
/// of 16 keys and the row's query in that dimension, p.v takes 16 dimensions of one value and the row's probability of that position.
/// Each sum is one chain in ascending order; several rows and several streams of vectors keep the multipliers busy meanwhile.
/// </summary>
internal static unsafe class CacheProducts<TRung, TElement, TTile>
    where TRung : unmanaged, IRung<TRung>
    where TElement : struct, IKvElement
    where TTile : unmanaged, IRowTile<TTile, TRung>
{
    /// <summary>
    /// Streams side by side: 16 accumulators where there are 32 wide registers; elsewhere a <typeparamref name="TRung"/> takes 2 or 4
    /// of 16 or 32.
    /// </summary>
    private static int Streams => Math.Min(4, (TRung.TileTokens >= 8 ? 16 : 4) / TTile.Rows);

    /// <summary>scores[r * stride + 16 b + lane] = query r . key lane of block b.</summary>
    /// <param name="keys">The page's keys.</param>
    /// <param name="keyLength">Dimensions.</param>
    /// <param name="queries">[keyLength][rows of the tile].</param>
    /// <param name="blocks">Blocks wanted; up to four are computed.</param>
    /// <param name="scores">The first row's 64 scores of this page.</param>
    /// <param name="stride">Floats from one row's scores to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scores(byte* keys, int keyLength, float* queries, int blocks, float* scores, nint stride)
    {
        nint blockBytes = keyLength * TElement.VectorBytes;
        for (int block = 0; block < blocks; block += Streams)
        {
            TTile a = TTile.Zero, b = TTile.Zero, c = TTile.Zero, d = TTile.Zero;
            byte* dimension = keys + (block * blockBytes);
            float* query = queries;
            for (int i = keyLength; i > 0; i--)
            {
                a.MultiplyAdd(TElement.Load<TRung>(dimension), query, 1);
                if (Streams >= 2)
                    b.MultiplyAdd(TElement.Load<TRung>(dimension + blockBytes), query, 1);
                if (Streams >= 4)
                {
                    c.MultiplyAdd(TElement.Load<TRung>(dimension + (2 * blockBytes)), query, 1);
                    d.MultiplyAdd(TElement.Load<TRung>(dimension + (3 * blockBytes)), query, 1);
                }

                dimension += TElement.VectorBytes;
                query += TTile.Rows;
            }

            Store(ref a, ref b, ref c, ref d, Streams, scores + (16 * block), stride);
        }
    }

    /// <summary>sums[r * stride + i] = sum over positions of probability r of the position * dimension i of its value.</summary>
    /// <param name="values">Where the head's values lie in each page of the piece, and which positions count.</param>
    /// <param name="vectors">Sixteens of dimensions.</param>
    /// <param name="probabilities">The first row's probability of the piece's first position; rows are <see cref="PieceValues.Stride"/> apart.</param>
    /// <param name="sums">The first row's first sum.</param>
    /// <param name="stride">Floats from one row's sums to the next.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WeightedSums(in PieceValues values, int vectors, float* probabilities, float* sums, nint stride)
    {
        int vector = 0;
        if (Streams >= 4)
        {
            for (; vector + 4 <= vectors; vector += 4)
                WeightedSums<Four>(values, vector, probabilities, sums + (16 * vector), stride);
        }

        if (Streams >= 2)
        {
            for (; vector + 2 <= vectors; vector += 2)
                WeightedSums<Two>(values, vector, probabilities, sums + (16 * vector), stride);
        }

        for (; vector < vectors; vector++)
            WeightedSums<One>(values, vector, probabilities, sums + (16 * vector), stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WeightedSums<TStreams>(in PieceValues values, int vector, float* probabilities, float* sums, nint stride)
        where TStreams : struct, IStreams
    {
        TTile a = TTile.Zero, b = TTile.Zero, c = TTile.Zero, d = TTile.Zero;
        nint rowBytes = values.RowBytes;
        for (int position = values.First; position < values.End;)
        {
            int end = values.EndOfPage(position);
            byte* row = values.Row(position) + (vector * TElement.VectorBytes);
            float* probability = probabilities + position;
            for (; position < end; position++)
            {
                a.MultiplyAdd(TElement.Load<TRung>(row), probability, PieceValues.Stride);
                if (TStreams.Count >= 2)
                    b.MultiplyAdd(TElement.Load<TRung>(row + TElement.VectorBytes), probability, PieceValues.Stride);
                if (TStreams.Count >= 4)
                {
                    c.MultiplyAdd(TElement.Load<TRung>(row + (2 * TElement.VectorBytes)), probability, PieceValues.Stride);
                    d.MultiplyAdd(TElement.Load<TRung>(row + (3 * TElement.VectorBytes)), probability, PieceValues.Stride);
                }

                row += rowBytes;
                probability++;
            }
        }

        Store(ref a, ref b, ref c, ref d, TStreams.Count, sums, stride);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(ref TTile a, ref TTile b, ref TTile c, ref TTile d, int streams, float* destination, nint stride)
    {
        a.Store(destination, stride);
        if (streams >= 2)
            b.Store(destination + 16, stride);
        if (streams >= 4)
        {
            c.Store(destination + 32, stride);
            d.Store(destination + 48, stride);
        }
    }

    private interface IStreams
    {
        static abstract int Count { get; }
    }

    private readonly struct One : IStreams
    {
        public static int Count => 1;
    }

    private readonly struct Two : IStreams
    {
        public static int Count => 2;
    }

    private readonly struct Four : IStreams
    {
        public static int Count => 4;
    }
}
