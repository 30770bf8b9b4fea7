using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 768 bytes:
/// <code>
///   0  2 x 16 halves  d of blocks 0 and 1, rows 0..15
///  64  2 x 16 halves  m
/// 128  2 x 5 lines    see <see cref="FiveBitLines"/>
/// </code>
/// Unsigned 5-bit codes would not fit sums of 16 bits; where these are used, 16 is taken off and given back in 32 bits: a block gives
/// fma(sum(q x), d s, c), then fma(16 sum(x), m / 16 s, c). Giving it to the minimum (m + 16 d) would cost less, but cancels.
/// </content>
public readonly unsafe partial struct Q5_1 : IPanelKernel
{
    private const int MinimumsAt = 64;
    private const int LinesAt = 128;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 768;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, 16, false);

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            *(ushort*)(chunk + MinimumsAt + (32 * block) + (2 * row)) = *(ushort*)(blocks + 2);
            FiveBitLines.PackRow(blocks + 4, row, chunk + LinesAt + (FiveBitLines.Bytes * block));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        Span<byte> columns = stackalloc byte[32];
        for (int i = 0; i < 2; i++)
        {
            chunk.Slice((32 * i) + (2 * row), 2).CopyTo(block);
            chunk.Slice(MinimumsAt + (32 * i) + (2 * row), 2).CopyTo(block[2..]);
            FiveBitLines.UnpackColumns(chunk[(LinesAt + (FiveBitLines.Bytes * i))..], row, columns);
            FiveBitBlock.Pack(columns, block[4..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var one = TRung.BroadcastScale(1);
        var pairsOfMinusOne = TRung.BroadcastByte(0xFF);
        var minusSixteenth = TRung.Broadcast(-0.0625f);
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += FiveBitLines.Bytes, activations += 40 * TTile.Tokens)
        {
            var totals = accumulators.NewSums();
            if (TRung.HasByteDot)
            {
                FiveBitLines.Dot<TRung, TTile>(lines, activations, ref totals);
            }
            else
            {
                var sums = accumulators.StartDot(activations, 32 * TTile.Tokens);
                FiveBitLines.Dot<TRung, TTile>(lines, activations, ref sums);
                totals.ScaleAdd(sums, one);
                totals.PairAdd(pairsOfMinusOne, activations, 32 * TTile.Tokens);
            }

            accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), activations, 36 * TTile.Tokens);
            var negatedSums = accumulators.StartDot(activations, 32 * TTile.Tokens);
            var negatedMinimum = TRung.LoadHalf((ushort*)(chunk + MinimumsAt)) * minusSixteenth;
            accumulators.AccumulateNarrow(negatedSums, negatedMinimum, activations, 36 * TTile.Tokens);
        }
    }
}
