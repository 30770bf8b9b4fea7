using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 2368 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves    d, rows 0..15
///  32  16 halves    dmin
///  64  8 x 16       scales of group g, rows 0..15 (6 bits)
/// 192  4 x 16 x 2   minimums of groups 2p and 2p + 1 of each row (6 bits)
/// 320  8 x 4 lines  nibbles of group g
/// </code>
/// </content>
public readonly unsafe partial struct Q4_K : IPanelKernel
{
    private const int MinimumsOfDeltaAt = 32;
    private const int GroupScalesAt = 64;
    private const int GroupMinimumsAt = 192;
    private const int LinesAt = 320;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 2368;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 32, GroupCorrection.None, 0, true);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)blocks;
        *(ushort*)(chunk + MinimumsOfDeltaAt + (2 * row)) = *(ushort*)(blocks + 2);
        var scales = new ReadOnlySpan<byte>(blocks + 4, KScales.Bytes);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int minimum) = KScales.Unpack(scales, group);
            chunk[GroupScalesAt + (16 * group) + row] = (byte)scale;
            chunk[GroupMinimumsAt + (32 * (group / 2)) + (2 * row) + (group % 2)] = (byte)minimum;
            NibbleLines.PackGroup(blocks + 16 + (32 * (group / 2)), 4 * (group % 2), row, chunk + LinesAt + (NibbleLines.Bytes * group));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        float dmin = Half16.ToSingle(BitConverter.ToUInt16(chunk[(MinimumsOfDeltaAt + (2 * row))..]));
        Span<byte> columns = stackalloc byte[32];
        for (int group = 0; group < 8; group++)
        {
            float scale = d * chunk[GroupScalesAt + (16 * group) + row];
            float minimum = dmin * chunk[GroupMinimumsAt + (32 * (group / 2)) + (2 * row) + (group % 2)];
            NibbleLines.UnpackColumns(chunk[(LinesAt + (NibbleLines.Bytes * group))..], row, columns);
            for (int column = 0; column < 32; column++)
                weights[(32 * group) + column] = (scale * columns[column]) - minimum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var totals = accumulators.NewSums();
        byte* x = activations;
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < 8; group++, x += 32 * TTile.Tokens, lines += NibbleLines.Bytes)
        {
            var sums = accumulators.NewSums();
            NibbleLines.Dot<TRung, TTile>(lines, x, ref sums);
            totals.ScaleAdd(sums, TRung.LoadScales(chunk + GroupScalesAt + (16 * group)));
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 16 * TTile.Tokens);
        var minimums = accumulators.NewSums();
        byte* groupSums = x;
        for (byte* pairs = chunk + GroupMinimumsAt; pairs < chunk + LinesAt; pairs += 32, groupSums += 4 * TTile.Tokens)
            minimums.PairAdd(TRung.LoadPairs(pairs), groupSums, 0);
        var negatedStep = TRung.Zero - TRung.LoadHalf((ushort*)(chunk + MinimumsOfDeltaAt));
        accumulators.Accumulate(minimums, negatedStep, x, 16 * TTile.Tokens);
    }
}
