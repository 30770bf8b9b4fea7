using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 1088 bytes:
/// <code>
///   0  16 halves  d of block 0, rows 0..15
///  32  16 halves  d of block 1
///  64  8 lines    block 0: byte 4r + j of line i = weight + 128 of row r, column 4i + j
/// 576  8 lines    block 1
/// </code>
/// </content>
public readonly unsafe partial struct Q8_0 : IPanelKernel
{
    private const int LinesAt = 64;
    private const int BlockLineBytes = 512;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 1088;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.WideDot;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, 8, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            byte* lines = chunk + LinesAt + (BlockLineBytes * block) + (4 * row);
            for (int quad = 0; quad < 8; quad++)
                *(uint*)(lines + (64 * quad)) = *(uint*)(blocks + 2 + (4 * quad)) ^ 0x8080_8080;
        }
    }

    /// <inheritdoc/>
    public static bool PacksFour => true;

    /// <inheritdoc/>
    [MethodImpl(InnerLoop.Options)]
    public static void PackFour(FourRows rows, int count, int row, byte* chunk)
    {
        nint offset = 0;
        for (; count > 0; count -= 2, chunk += ChunkBytes)
        {
            for (int block = 0; block < Math.Min(count, 2); block++, offset += BlockBytes)
            {
                byte* lines = chunk + LinesAt + (BlockLineBytes * block) + (4 * row);
                Quads.SpreadHalves(rows, offset, chunk + (32 * block) + (2 * row));
                Quads.Spread(rows, offset + 2, 0x80, lines);
                Quads.Spread(rows, offset + 2 + 16, 0x80, lines + (BlockLineBytes / 2));
            }
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int i = 0; i < 2; i++)
        {
            chunk.Slice((32 * i) + (2 * row), 2).CopyTo(block);
            var lines = chunk[(LinesAt + (BlockLineBytes * i))..];
            for (int column = 0; column < 32; column++)
                block[2 + column] = (byte)(lines[(64 * (column / 4)) + (4 * row) + (column % 4)] ^ 0x80);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, lines += BlockLineBytes, activations += 40 * TTile.Tokens)
        {
            var sums = WideDot<TRung, TTile, ByteLines>.Sum(lines, activations, accumulators);
            accumulators.Accumulate(sums, TRung.LoadHalf((ushort*)chunk), activations, 36 * TTile.Tokens);
        }
    }
}
