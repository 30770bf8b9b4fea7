using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 1600 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves    d, rows 0..15
///  32  16 halves    dmin
///  64  16 x 16      scales of group g (16 columns), rows 0..15
/// 320  8 x 16 x 2   minimums of groups 2p and 2p + 1 of each row
/// 576  16 lines     group g: byte 4r + j has column 4q + j of row r in its bits 2q and 2q + 1
/// </code>
/// </content>
public readonly unsafe partial struct Q2_K : IPanelKernel
{
    private const int MinimumStepsAt = 32;
    private const int GroupScalesAt = 64;
    private const int GroupMinimumsAt = 320;
    private const int LinesAt = 576;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 1600;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 16, GroupCorrection.None, 0, true);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)(blocks + 80);
        *(ushort*)(chunk + MinimumStepsAt + (2 * row)) = *(ushort*)(blocks + 82);
        for (int group = 0; group < 16; group++)
        {
            chunk[GroupScalesAt + (16 * group) + row] = (byte)(blocks[group] & 15);
            chunk[GroupMinimumsAt + (32 * (group / 2)) + (2 * row) + (group % 2)] = (byte)(blocks[group] >> 4);
            byte* codes = blocks + 16 + (32 * (group / 8)) + (16 * (group % 2));
            *(uint*)(chunk + LinesAt + (64 * group) + (4 * row)) = TwoBitQuads.Pack(codes, 2 * (group % 8 / 2));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        float dmin = Half16.ToSingle(BitConverter.ToUInt16(chunk[(MinimumStepsAt + (2 * row))..]));
        for (int column = 0; column < 256; column++)
        {
            int group = column / 16;
            int code = (chunk[LinesAt + (64 * group) + (4 * row) + (column % 4)] >> (2 * (column % 16 / 4))) & 3;
            float scale = d * chunk[GroupScalesAt + (16 * group) + row];
            float minimum = dmin * chunk[GroupMinimumsAt + (32 * (group / 2)) + (2 * row) + (group % 2)];
            weights[column] = (scale * code) - minimum;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var two = TRung.BroadcastByte(3);
        var totals = accumulators.NewSums();
        byte* x = activations;
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < 16; group++, x += 16 * TTile.Tokens, lines += 64)
        {
            var codes = TTile.LoadLine(lines);
            var sums = accumulators.NewSums();
            sums.Dot(TRung.And(codes, two), x, 0);
            sums.Dot(TRung.ShiftRight(codes, 2, two), x, 4 * TTile.Tokens);
            sums.Dot(TRung.ShiftRight(codes, 4, two), x, 8 * TTile.Tokens);
            sums.Dot(TRung.ShiftRight(codes, 6, two), x, 12 * TTile.Tokens);
            totals.ScaleAdd(sums, TRung.LoadScales(chunk + GroupScalesAt + (16 * group)));
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 32 * TTile.Tokens);
        var minimums = accumulators.NewSums();
        byte* pairs = chunk + GroupMinimumsAt;
        byte* groupSums = x;
        for (int pair = 0; pair < 8; pair++, pairs += 32, groupSums += 4 * TTile.Tokens)
            minimums.PairAdd(TRung.LoadPairs(pairs), groupSums, 0);
        var negatedStep = TRung.Zero - TRung.LoadHalf((ushort*)(chunk + MinimumStepsAt));
        accumulators.Accumulate(minimums, negatedStep, x, 32 * TTile.Tokens);
    }
}
