using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 576 bytes:
/// <code>
///   0  16 halves  d of block 0, rows 0..15
///  32  16 halves  d of block 1
///  64  4 lines    block 0: byte 4r + j of line i: low nibble = column 4i + j, high nibble = column 16 + 4i + j of row r
/// 320  4 lines    block 1
/// </code>
/// </content>
public readonly unsafe partial struct Q4_0 : IPanelKernel
{
    private const int LinesAt = 64;
    private const int BlockLineBytes = 256;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 576;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, 8, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = *(ushort*)blocks;
            NibbleLines.PackRow(blocks + 2, row, chunk + LinesAt + (BlockLineBytes * block));
        }
    }

    /// <inheritdoc/>
    public static bool PacksFour => true;

    /// <inheritdoc/>
    [MethodImpl(InnerLoop.Options)]
    public static void PackFour(FourRows rows, int count, int row, byte* chunk)
    {
        byte* scales = chunk + (2 * row);
        byte* lines = chunk + LinesAt + (4 * row);
        for (nint offset = 0; count > 0; count -= 2, offset += 2 * BlockBytes, scales += ChunkBytes, lines += ChunkBytes)
        {
            Quads.SpreadHalves(rows, offset, scales);
            Quads.Spread(rows, offset + 2, 0, lines);
            if (count == 1)
                break;
            Quads.SpreadHalves(rows, offset + BlockBytes, scales + 32);
            Quads.Spread(rows, offset + BlockBytes + 2, 0, lines + BlockLineBytes);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int i = 0; i < 2; i++)
        {
            chunk.Slice((32 * i) + (2 * row), 2).CopyTo(block);
            NibbleLines.UnpackRow(chunk[(LinesAt + (BlockLineBytes * i))..], row, block[2..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        for (int i = 0; i < 2; i++, activations += 40 * TTile.Tokens)
            Block<TRung, TTile>(chunk + LinesAt + (BlockLineBytes * i), chunk + (32 * i), activations, ref accumulators);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Block<TRung, TTile>(byte* lines, byte* scales, byte* x, ref TTile accumulators)
        where TRung : unmanaged, IRung<TRung>
        where TTile : unmanaged, ITile<TTile, TRung>
    {
        var sums = accumulators.StartDot(x, 32 * TTile.Tokens);
        NibbleLines.Dot<TRung, TTile>(lines, x, ref sums);
        accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)scales), x, 36 * TTile.Tokens);
    }
}
