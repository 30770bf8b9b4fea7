using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 640 bytes:
/// <code>
///   0  2 x 16 halves  d of blocks 0 and 1, rows 0..15
///  64  2 x 16 halves  m
/// 128  2 x 4 lines    nibbles
/// </code>
/// A block gives fma(sum(q x), d s, c), then fma(sum(x), m s, c).
/// </content>
public readonly unsafe partial struct Q4_1 : IPanelKernel
{
    private const int MinimumsAt = 64;
    private const int LinesAt = 128;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 640;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, 1, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            *(ushort*)(chunk + MinimumsAt + (32 * block) + (2 * row)) = *(ushort*)(blocks + 2);
            NibbleLines.PackRow(blocks + 4, row, chunk + LinesAt + (NibbleLines.Bytes * block));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int i = 0; i < 2; i++)
        {
            chunk.Slice((32 * i) + (2 * row), 2).CopyTo(block);
            chunk.Slice(MinimumsAt + (32 * i) + (2 * row), 2).CopyTo(block[2..]);
            NibbleLines.UnpackRow(chunk[(LinesAt + (NibbleLines.Bytes * i))..], row, block[4..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += NibbleLines.Bytes, activations += 40 * TTile.Tokens)
        {
            var sums = accumulators.NewSums();
            NibbleLines.Dot<TRung, TTile>(lines, activations, ref sums);
            accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), activations, 36 * TTile.Tokens);
            var negatedSums = accumulators.StartDot(activations, 32 * TTile.Tokens);
            var negatedMinimum = TRung.Zero - TRung.LoadHalf((ushort*)(chunk + MinimumsAt));
            accumulators.AccumulateNarrow(negatedSums, negatedMinimum, activations, 36 * TTile.Tokens);
        }
    }
}
