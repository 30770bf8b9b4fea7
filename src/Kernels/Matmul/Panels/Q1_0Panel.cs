using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 576 bytes:
/// <code>
///   0  16 halves  d of block 0, rows 0..15
///  32  16 halves  d of block 1
///  64  4 lines    block 0: byte 4r + j of a line of 32 columns has column 4q + j of row r in its bit q
/// 320  4 lines    block 1
/// </code>
/// A bit is multiplied as 0 or 2, one more than the weight without its scale.
/// </content>
public readonly unsafe partial struct Q1_0 : IPanelKernel
{
    private const int LinesAt = 64;
    private const int BlockLineBytes = 256;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 576;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 128, 128, GroupCorrection.Pair, 1, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            byte* lines = chunk + LinesAt + (BlockLineBytes * block) + (4 * row);
            for (int line = 0; line < 4; line++)
                *(uint*)(lines + (64 * line)) = BitQuads.Pack(*(uint*)(blocks + 2 + (4 * line)));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        for (int block = 0; block < 2; block++)
        {
            float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[((32 * block) + (2 * row))..]));
            var lines = chunk[(LinesAt + (BlockLineBytes * block) + (4 * row))..];
            for (int column = 0; column < 128; column++)
            {
                int bit = (lines[(64 * (column / 32)) + (column % 4)] >> (column % 32 / 4)) & 1;
                weights[(128 * block) + column] = bit != 0 ? d : -d;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var two = TRung.BroadcastByte(2);
        var nibble = TRung.BroadcastByte(15);
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32)
        {
            var sums = accumulators.StartDot(activations, 128 * TTile.Tokens);
            for (byte* end = lines + BlockLineBytes; lines < end; lines += 64)
            {
                var bits = TTile.LoadLine(lines);
                for (int half = 0; half < 2; half++, activations += 16 * TTile.Tokens)
                {
                    sums.Dot(TRung.ShiftLeft(bits, 1, two), activations, 0);
                    sums.Dot(TRung.And(bits, two), activations, 4 * TTile.Tokens);
                    sums.Dot(TRung.ShiftRight(bits, 1, two), activations, 8 * TTile.Tokens);
                    sums.Dot(TRung.ShiftRight(bits, 2, two), activations, 12 * TTile.Tokens);
                    bits = TRung.ShiftRight(bits, 4, nibble);
                }
            }

            accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), activations, 4 * TTile.Tokens);
            activations += 8 * TTile.Tokens;
        }
    }
}
