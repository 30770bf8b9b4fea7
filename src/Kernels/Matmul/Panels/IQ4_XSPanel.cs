using System.Runtime.CompilerServices;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Probing;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 2240 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves   d, rows 0..15
///  32  8 x 16      signed scales of group g, rows 0..15
/// 160  32 bytes    nothing, so that lines start on a cache line
/// 192  8 x 4 lines codes of group g
/// </code>
/// </content>
public readonly unsafe partial struct IQ4_XS : IPanelKernel
{
    private const int GroupScalesAt = 32;
    private const int LinesAt = 192;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 2240;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static Arithmetic Arithmetic => Arithmetic.WideDot;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 32, GroupCorrection.Pair, 8, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)blocks;
        int highBits = blocks[2] | (blocks[3] << 8);
        for (int group = 0; group < 8; group++)
        {
            int scale = ((blocks[4 + (group / 2)] >> (4 * (group % 2))) & 15) | (((highBits >> (2 * group)) & 3) << 4);
            chunk[GroupScalesAt + (16 * group) + row] = (byte)(scale - 32);
            NibbleLines.PackRow(blocks + 8 + (16 * group), row, chunk + LinesAt + (NibbleLines.Bytes * group));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        block.Clear();
        chunk.Slice(2 * row, 2).CopyTo(block);
        for (int group = 0; group < 8; group++)
        {
            int scale = (sbyte)chunk[GroupScalesAt + (16 * group) + row] + 32;
            block[4 + (group / 2)] |= (byte)((scale & 15) << (4 * (group % 2)));
            block[2 + (group / 4)] |= (byte)(scale >> 4 << (2 * (group % 4)));
            NibbleLines.UnpackRow(chunk[(LinesAt + (NibbleLines.Bytes * group))..], row, block.Slice(8 + (16 * group), 16));
        }

        Decode(block, weights);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var totals = accumulators.NewSums();
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < 8; group++, lines += NibbleLines.Bytes, activations += 36 * TTile.Tokens)
        {
            var scales = TRung.LoadSignedScales((sbyte*)(chunk + GroupScalesAt + (16 * group)));
            WideDot<TRung, TTile, NonLinearLines>.ScaleAdd(lines, activations, scales, ref totals);
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), activations, 0);
    }
}
