using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>Weighted sums of the values of a piece for the rows of a register tile.</summary>
internal static unsafe class ValueProducts<TRung, TVectors, TTile>
    where TRung : unmanaged, IRung<TRung>
    where TVectors : unmanaged, IValueVectors
    where TTile : unmanaged, IRowTile<TTile, TRung>
{
    /// <summary>sums[r * stride + i] = sum over positions of probability r of the position * dimension i of its value.</summary>
    /// <param name="values">Where the values lie, and which positions count.</param>
    /// <param name="probabilities">The first row's probability of the piece's first position; rows are <see cref="PieceValues.Stride"/> apart.</param>
    /// <param name="sums">The first row's first sum.</param>
    /// <param name="stride">Floats from one row's sums to the next.</param>
    public static void Run(in PieceValues values, float* probabilities, float* sums, nint stride)
    {
        int vector = 0;
        if (4 * TTile.Rows <= Streams<TRung>.Accumulators)
        {
            for (; vector + 4 <= values.Vectors; vector += 4)
                Run<Four>(values, vector, probabilities, sums + (16 * vector), stride);
        }

        if (2 * TTile.Rows <= Streams<TRung>.Accumulators)
        {
            for (; vector + 2 <= values.Vectors; vector += 2)
                Run<Two>(values, vector, probabilities, sums + (16 * vector), stride);
        }

        for (; vector < values.Vectors; vector++)
            Run<One>(values, vector, probabilities, sums + (16 * vector), stride);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Run<TStreams>(in PieceValues values, int vector, float* probabilities, float* sums, nint stride)
        where TStreams : struct, IStreams
    {
        TTile a = TTile.Zero, b = TTile.Zero, c = TTile.Zero, d = TTile.Zero;
        nint rowBytes = values.RowBytes;
        int vectors = values.Vectors;
        for (int position = values.Seen.First; position < values.Seen.End;)
        {
            int end = values.EndOfPage(position);
            byte* row = values.Row(position);
            float* probability = probabilities + position;
            for (; position < end; position++)
            {
                if (TStreams.Count == 1)
                    a.MultiplyAdd(TVectors.Load<TRung>(row, vector, vectors), probability, PieceValues.Stride);
                else
                    AddPair(ref a, ref b, row, vector, vectors, probability);
                if (TStreams.Count == 4)
                    AddPair(ref c, ref d, row, vector + 2, vectors, probability);

                row += rowBytes;
                probability++;
            }
        }

        a.Store(sums, stride);
        if (TStreams.Count >= 2)
            b.Store(sums + 16, stride);
        if (TStreams.Count >= 4)
        {
            c.Store(sums + 32, stride);
            d.Store(sums + 48, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddPair(ref TTile first, ref TTile second, byte* row, int vector, int vectors, float* probability)
    {
        TVectors.LoadPair<TVectors, TRung>(row, vector, vectors, out var low, out var high);
        first.MultiplyAdd(low, probability, PieceValues.Stride);
        second.MultiplyAdd(high, probability, PieceValues.Stride);
    }
}
