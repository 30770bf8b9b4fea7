using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;

namespace Hearth.Kernels.Attention;

/// <summary>Products of the rows of a register tile with the blocks of a page.</summary>
internal static unsafe class KeyProducts<TRung, TElement, TTile>
    where TRung : unmanaged, IRung<TRung>
    where TElement : unmanaged, IKvElement
    where TTile : unmanaged, IRowTile<TTile, TRung>
{
    /// <summary>scores[r * stride + 16 b + lane] = query r . key lane of block b.</summary>
    /// <param name="keys">The page's keys.</param>
    /// <param name="keyLength">Dimensions.</param>
    /// <param name="queries">[keyLength][rows of the tile].</param>
    /// <param name="blocks">Blocks wanted; up to four are computed.</param>
    /// <param name="scores">The first row's 64 scores of this page.</param>
    public static void Run(byte* keys, int keyLength, float* queries, int blocks, float* scores)
    {
        if (4 * TTile.Rows <= Streams<TRung>.Accumulators)
            Run<Four>(keys, keyLength, queries, blocks, scores);
        else if (2 * TTile.Rows <= Streams<TRung>.Accumulators)
            Run<Two>(keys, keyLength, queries, blocks, scores);
        else
            Run<One>(keys, keyLength, queries, blocks, scores);
    }

    [MethodImpl(InnerLoop.Options)]
    private static void Run<TStreams>(byte* keys, int keyLength, float* queries, int blocks, float* scores)
        where TStreams : struct, IStreams
    {
        nint vectorBytes = 16 * TElement.Bytes;
        nint blockBytes = keyLength * vectorBytes;
        for (int block = 0; block < blocks; block += TStreams.Count)
        {
            TTile a = TTile.Zero, b = TTile.Zero, c = TTile.Zero, d = TTile.Zero;
            byte* dimension = keys + (block * blockBytes);
            float* query = queries;
            for (int i = keyLength; i > 0; i--)
            {
                a.MultiplyAdd(TElement.Load<TRung>(dimension), query, 1);
                if (TStreams.Count >= 2)
                    b.MultiplyAdd(TElement.Load<TRung>(dimension + blockBytes), query, 1);
                if (TStreams.Count >= 4)
                {
                    c.MultiplyAdd(TElement.Load<TRung>(dimension + (2 * blockBytes)), query, 1);
                    d.MultiplyAdd(TElement.Load<TRung>(dimension + (3 * blockBytes)), query, 1);
                }

                dimension += vectorBytes;
                query += TTile.Rows;
            }

            float* at = scores + (16 * block);
            a.Store(at, PieceValues.Stride);
            if (TStreams.Count >= 2)
                b.Store(at + 16, PieceValues.Stride);
            if (TStreams.Count >= 4)
            {
                c.Store(at + 32, PieceValues.Stride);
                d.Store(at + 48, PieceValues.Stride);
            }
        }
    }
}
