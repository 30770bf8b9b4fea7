using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 704 bytes:
/// <code>
///   0  2 x 16 halves  d of blocks 0 and 1, rows 0..15
///  64  2 x 5 lines    see <see cref="FiveBitLines"/>
/// </code>
/// </content>
public readonly unsafe partial struct Q5_0 : IPanelKernel
{
    private const int LinesAt = 64;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 704;

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
            FiveBitLines.PackRow(blocks + 2, row, chunk + LinesAt + (FiveBitLines.Bytes * block));
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
            FiveBitLines.UnpackColumns(chunk[(LinesAt + (FiveBitLines.Bytes * i))..], row, columns);
            FiveBitBlock.Pack(columns, block[2..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += FiveBitLines.Bytes, activations += 40 * TTile.Tokens)
        {
            var sums = accumulators.StartDot(activations, 32 * TTile.Tokens);
            FiveBitLines.Dot<TRung, TTile>(lines, activations, ref sums);
            accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), activations, 36 * TTile.Tokens);
        }
    }
}
