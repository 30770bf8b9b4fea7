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
/// Where sums have 16 bits, 16 is taken off the codes, and given back in 32 bits by the groups' sums: a superblock gives
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
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 32, GroupCorrection.Pair, 16, true);

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)blocks;
        *(ushort*)(chunk + MinimumStepsAt + (2 * row)) = *(ushort*)(blocks + 2);
        var scales = new ReadOnlySpan<byte>(blocks + 4, KScales.Bytes);
        for (int group = 0; group < 8; group++)
        {
            (int scale, int minimum) = KScales.Unpack(scales, group);
            int pair = (32 * (group / 2)) + (2 * row) + (group % 2);
            chunk[GroupScalesAt + (16 * group) + row] = (byte)scale;
            chunk[ScalePairsAt + pair] = (byte)scale;
            chunk[MinimumPairsAt + pair] = (byte)minimum;
            byte* nibbles = blocks + 48 + (32 * (group / 2));
            FiveBitLines.PackGroup(nibbles, 4 * (group % 2), blocks + 16, group, row, chunk + LinesAt + (FiveBitLines.Bytes * group));
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
        var totals = accumulators.NewSums();
        byte* x = activations;
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < 8; group++, x += 36 * TTile.Tokens, lines += FiveBitLines.Bytes)
        {
            var sums = TRung.HasByteDot ? accumulators.NewSums() : accumulators.StartDot(x, 32 * TTile.Tokens);
            FiveBitLines.Dot<TRung, TTile>(lines, x, ref sums);
            totals.ScaleAdd(sums, TRung.LoadScales(chunk + GroupScalesAt + (16 * group)));
        }

        byte* groupSums = x;
        if (!TRung.HasByteDot)
        {
            var scaleSums = accumulators.NewSums();
            for (byte* pairs = chunk + ScalePairsAt; pairs < chunk + MinimumPairsAt; pairs += 32, groupSums += 4 * TTile.Tokens)
                scaleSums.PairAdd(TRung.LoadPairs(pairs), groupSums, 0);
            totals.AddTimesSixteen(scaleSums);
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 16 * TTile.Tokens);
        var minimums = accumulators.NewSums();
        groupSums = x;
        for (byte* pairs = chunk + MinimumPairsAt; pairs < chunk + LinesAt; pairs += 32, groupSums += 4 * TTile.Tokens)
            minimums.PairAdd(TRung.LoadPairs(pairs), groupSums, 0);
        var negatedStep = TRung.Zero - TRung.LoadHalf((ushort*)(chunk + MinimumStepsAt));
        accumulators.Accumulate(minimums, negatedStep, x, 16 * TTile.Tokens);
    }
}
