using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 3008 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves    d, rows 0..15
///  32  16 halves    dmin
///  64  8 x 16       scales of group g, rows 0..15 (6 bits)
/// 192  4 x 16 x 2   the same scales of groups 2p and 2p + 1 of each row
/// 320  4 x 16 x 2   minimums of groups 2p and 2p + 1 of each row (6 bits)
/// 448  8 x 5 lines  see <see cref="FiveBitLines"/>
/// </code>
/// 16 is taken off the codes, or their sums would not fit 16 bits, and given back in 32 bits by the groups' sums: a superblock gives
/// fma(sum(s q x), d t, c), then fma(-sum(m x), dmin t, c).
/// </content>
public readonly unsafe partial struct Q5_K : IPanelKernel
{
    private const int MinimumStepsAt = 32;
    private const int GroupScalesAt = 64;
    private const int ScalePairsAt = 192;
    private const int MinimumPairsAt = 320;
    private const int LinesAt = 448;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 3008;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 32, GroupCorrection.Pair, 16, true);

    /// <inheritdoc/>
    public static void PackRow(ReadOnlySpan<byte> blocks, int row, Span<byte> chunk)
    {
        blocks[..2].CopyTo(chunk[(2 * row)..]);
        blocks.Slice(2, 2).CopyTo(chunk[(MinimumStepsAt + (2 * row))..]);
        Span<byte> columns = stackalloc byte[32];
        for (int group = 0; group < 8; group++)
        {
            (int scale, int minimum) = KScales.Unpack(blocks.Slice(4, 12), group);
            int pair = (32 * (group / 2)) + (2 * row) + (group % 2);
            chunk[GroupScalesAt + (16 * group) + row] = (byte)scale;
            chunk[ScalePairsAt + pair] = (byte)scale;
            chunk[MinimumPairsAt + pair] = (byte)minimum;
            for (int column = 0; column < 32; column++)
            {
                int low = (blocks[48 + (32 * (group / 2)) + column] >> (4 * (group % 2))) & 15;
                int high = (blocks[16 + column] >> group) & 1;
                columns[column] = (byte)(low | (high << 4));
            }

            FiveBitLines.PackColumns(columns, row, chunk[(LinesAt + (FiveBitLines.Bytes * group))..]);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        float dmin = Half16.ToSingle(BitConverter.ToUInt16(chunk[(MinimumStepsAt + (2 * row))..]));
        Span<byte> columns = stackalloc byte[32];
        for (int group = 0; group < 8; group++)
        {
            float scale = d * chunk[GroupScalesAt + (16 * group) + row];
            float minimum = dmin * chunk[MinimumPairsAt + (32 * (group / 2)) + (2 * row) + (group % 2)];
            FiveBitLines.UnpackColumns(chunk[(LinesAt + (FiveBitLines.Bytes * group))..], row, columns);
            for (int column = 0; column < 32; column++)
                weights[(32 * group) + column] = (scale * columns[column]) - minimum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var totals = TTile.Zero;
        byte* x = activations;
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < 8; group++, x += 36 * TTile.Tokens, lines += FiveBitLines.Bytes)
        {
            var sums = TTile.StartDot(x, 32 * TTile.Tokens);
            FiveBitLines.Dot<TRung, TTile>(lines, x, ref sums);
            totals.ScaleAdd(sums, TRung.LoadScales(chunk + GroupScalesAt + (16 * group)));
        }

        var scaleSums = TTile.Zero;
        var minimums = TTile.Zero;
        byte* groupSums = x;
        for (int pair = 0; pair < 4; pair++, groupSums += 4 * TTile.Tokens)
        {
            scaleSums.PairAdd(chunk + ScalePairsAt + (32 * pair), groupSums, 0);
            minimums.PairAdd(chunk + MinimumPairsAt + (32 * pair), groupSums, 0);
        }

        totals.ScaleAddInt32(scaleSums, FiveBitLines.Sixteens);
        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 16 * TTile.Tokens);
        accumulators.AccumulateNegated(minimums, TRung.LoadHalf((ushort*)(chunk + MinimumStepsAt)), x, 16 * TTile.Tokens);
    }
}
