using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 128 columns, 576 bytes:
/// <code>
///   0  16 halves  d of block 0, rows 0..15
///  32  16 halves  d of block 1
///  64  4 lines    block 0, see <see cref="TwoBitLines"/>
/// 320  4 lines    block 1
/// </code>
/// </content>
public readonly unsafe partial struct Q2_0 : IPanelKernel
{
    private const int LinesAt = 64;
    private const int BlockLineBytes = 256;

    /// <inheritdoc/>
    public static int ChunkColumns => 128;

    /// <inheritdoc/>
    public static int ChunkBytes => 576;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(128, 64, 64, GroupCorrection.Pair, TwoBitLines.Zero, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            byte* lines = chunk + LinesAt + (BlockLineBytes * block) + (4 * row);
            for (int line = 0; line < 4; line++)
                *(uint*)(lines + (64 * line)) = TwoBitQuads.Transpose(*(uint*)(blocks + 2 + (4 * line)));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        for (int block = 0; block < 2; block++)
        {
            float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[((32 * block) + (2 * row))..]));
            var lines = chunk[(LinesAt + (BlockLineBytes * block))..];
            for (int column = 0; column < 64; column++)
                weights[(64 * block) + column] = TwoBitLines.Unpack(lines, row, column) * d;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += BlockLineBytes, activations += 72 * TTile.Tokens)
        {
            var sums = accumulators.StartDot(activations, 64 * TTile.Tokens);
            TwoBitLines.Dot<TRung, TTile>(lines, BlockLineBytes, activations, ref sums);
            accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), activations, 68 * TTile.Tokens);
        }
    }
}
