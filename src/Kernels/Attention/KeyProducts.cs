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

    private static void Run<TStreams>(byte* keys, int keyLength, float* queries, int blocks, float* scores)
        where TStreams : struct, IStreams
    {
        nint blockBytes = (nint)keyLength * (KvHeadShape.BlockPositions * TElement.Bytes);
        for (int block = 0; block < blocks; block += TStreams.Count)
            Multiply<TStreams>(keys + (block * blockBytes), blockBytes, keyLength, queries, scores + (KvHeadShape.BlockPositions * block));
    }

    /// <summary>
    /// One to four blocks. A method of its own, for in a loop over blocks the compiler moved each accumulator to another register and back.
    /// </summary>
    [MethodImpl(InnerLoop.Options)]
    private static void Multiply<TStreams>(byte* dimension, nint blockBytes, int keyLength, float* query, float* scores)
        where TStreams : struct, IStreams
    {
        TTile a = TTile.Zero, b = TTile.Zero, c = TTile.Zero, d = TTile.Zero;
        for (int i = 0; i < keyLength; i++)
        {
            a.MultiplyAdd(TElement.Load<TRung>(dimension), query, 1);
            if (TStreams.Count >= 2)
                b.MultiplyAdd(TElement.Load<TRung>(dimension + blockBytes), query, 1);
            if (TStreams.Count >= 4)
            {
                c.MultiplyAdd(TElement.Load<TRung>(dimension + (2 * blockBytes)), query, 1);
                d.MultiplyAdd(TElement.Load<TRung>(dimension + (3 * blockBytes)), query, 1);
            }

            dimension += KvHeadShape.BlockPositions * TElement.Bytes;
            query += TTile.Rows;
        }

        a.Store(scores, PieceValues.Stride);
        if (TStreams.Count >= 2)
            b.Store(scores + 16, PieceValues.Stride);
        if (TStreams.Count >= 4)
        {
            c.Store(scores + 32, PieceValues.Stride);
            d.Store(scores + 48, PieceValues.Stride);
        }
    }
}
