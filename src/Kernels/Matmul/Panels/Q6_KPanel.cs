using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 3392 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves  d, rows 0..15
///  32  16 x 16    signed scales of group g (16 columns), rows 0..15
/// 288  32 bytes   nothing, so that lines start on a cache line
/// 320  16 x 192   group g: 2 nibble lines (low 4 bits of quads 0 | 1 and 2 | 3), then 1 line whose bits 2q, 2q + 1 are the upper
///                 bits of quad q
/// </code>
/// </content>
public readonly unsafe partial struct Q6_K : IPanelKernel
{
    private const int GroupScalesAt = 32;
    private const int LinesAt = 320;
    private const int GroupLineBytes = 192;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 3392;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 16, GroupCorrection.Pair, 32, false);

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)(blocks + 208);
        for (int group = 0; group < 16; group++)
        {
            chunk[GroupScalesAt + (16 * group) + row] = blocks[192 + group];
            int half = group / 8;
            int quarter = group % 8 / 2;
            byte* low = blocks + (64 * half) + (32 * (quarter % 2)) + (16 * (group % 2));
            int shift = 4 * (quarter / 2);
            byte* lines = chunk + LinesAt + (GroupLineBytes * group) + (4 * row);
            *(uint*)lines = Nibbles(low, shift) | (Nibbles(low + 4, shift) << 4);
            *(uint*)(lines + 64) = Nibbles(low + 8, shift) | (Nibbles(low + 12, shift) << 4);
            *(uint*)(lines + 128) = TwoBitQuads.Pack(blocks + 128 + (32 * half) + (16 * (group % 2)), 2 * quarter);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static uint Nibbles(byte* source, int shift) => (*(uint*)source >> shift) & 0x0F0F_0F0F;
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        for (int column = 0; column < 256; column++)
        {
            float scale = d * (sbyte)chunk[GroupScalesAt + (16 * (column / 16)) + row];
            var lines = chunk[(LinesAt + (GroupLineBytes * (column / 16)) + (4 * row) + (column % 4))..];
            int quad = column % 16 / 4;
            int low = (lines[64 * (quad / 2)] >> (4 * (quad % 2))) & 15;
            int high = (lines[128] >> (2 * quad)) & 3;
            weights[column] = scale * ((low | (high << 4)) - 32);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var nibble = TRung.BroadcastByte(15);
        var upper = TRung.BroadcastByte(0x30);
        var totals = accumulators.NewSums();
        byte* lines = chunk + LinesAt;
        byte* x = activations;
        for (int group = 0; group < 16; group++, lines += GroupLineBytes, x += 20 * TTile.Tokens)
        {
            var first = TTile.LoadLine(lines);
            var second = TTile.LoadLine(lines + 64);
            var high = TTile.LoadLine(lines + 128);
            var sums = accumulators.StartDot(x, 16 * TTile.Tokens);
            sums.Dot(TRung.Insert(TRung.And(first, nibble), TRung.ShiftLeft(high, 4), upper), x, 0);
            sums.Dot(TRung.Insert(TRung.ShiftRight(first, 4, nibble), TRung.ShiftLeft(high, 2), upper), x, 4 * TTile.Tokens);
            sums.Dot(TRung.Insert(TRung.And(second, nibble), high, upper), x, 8 * TTile.Tokens);
            sums.Dot(TRung.Insert(TRung.ShiftRight(second, 4, nibble), TRung.ShiftRight(high, 2), upper), x, 12 * TTile.Tokens);
            totals.ScaleAdd(sums, TRung.LoadSignedScales((sbyte*)(chunk + GroupScalesAt + (16 * group))));
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 0);
    }
}
