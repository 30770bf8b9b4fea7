using System.Runtime.CompilerServices;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 256 columns, 1856 bytes (one superblock of 16 rows):
/// <code>
///   0  16 halves  d, rows 0..15
///  32  16 x 16    signed scales of group g (16 columns), rows 0..15
/// 288  32 bytes   nothing, so that lines start on a cache line
/// 320  8 x 192    groups 2p and 2p + 1: a line each whose bits 2q, 2q + 1 are the lower bits of quad q, then a line whose bits
///                 q (of group 2p) and 4 + q (of group 2p + 1) are the upper bits
/// </code>
/// </content>
public readonly unsafe partial struct Q3_K : IPanelKernel
{
    private const int GroupScalesAt = 32;
    private const int LinesAt = 320;
    private const int PairBytes = 192;

    /// <inheritdoc/>
    public static int ChunkColumns => 256;

    /// <inheritdoc/>
    public static int ChunkBytes => 1856;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(256, 256, 16, GroupCorrection.Pair, 4, false);

    static bool IPanelKernel.IsCostlyToUnpack(int tileTokens) => true;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        *(ushort*)(chunk + (2 * row)) = *(ushort*)(blocks + StepStart);
        var scales = new ReadOnlySpan<byte>(blocks + ScalesStart, StepStart - ScalesStart);
        for (int group = 0; group < 16; group++)
            chunk[GroupScalesAt + (16 * group) + row] = (byte)(Scale(scales, group) - 32);
        for (int pair = 0; pair < 8; pair++)
        {
            byte* lines = chunk + LinesAt + (PairBytes * pair) + (4 * row);
            byte* codes = blocks + LowStart + (32 * (pair / 4));
            *(uint*)lines = TwoBitQuads.Pack(codes, 2 * (pair % 4));
            *(uint*)(lines + 64) = TwoBitQuads.Pack(codes + 16, 2 * (pair % 4));
            uint upper = 0;
            for (int quad = 0; quad < 8; quad++)
                upper |= ((*(uint*)(blocks + (4 * quad)) >> pair) & 0x0101_0101) << quad;
            *(uint*)(lines + 128) = upper;
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[(2 * row)..]));
        for (int column = 0; column < 256; column++)
        {
            int group = column / 16;
            int quad = column % 16 / 4;
            var lines = chunk[(LinesAt + (PairBytes * (group / 2)) + (4 * row) + (column % 4))..];
            int low = (lines[64 * (group % 2)] >> (2 * quad)) & 3;
            int high = (lines[128] >> ((4 * (group % 2)) + quad)) & 1;
            weights[column] = d * (sbyte)chunk[GroupScalesAt + (16 * group) + row] * ((low | (high << 2)) - 4);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var two = TRung.BroadcastByte(3);
        var third = TRung.BroadcastByte(4);
        var totals = accumulators.NewSums();
        var scales = (sbyte*)(chunk + GroupScalesAt);
        byte* lines = chunk + LinesAt;
        byte* x = activations;
        for (int pair = 0; pair < 8; pair++, lines += 64)
        {
            var high = TTile.LoadLine(lines + 128);
            for (byte* end = lines + 128; lines < end; lines += 64, scales += 16, x += 20 * TTile.Tokens)
            {
                var low = TTile.LoadLine(lines);
                var sums = accumulators.StartDot(x, 16 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.And(low, two), TRung.ShiftLeft(high, 2), third), x, 0);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 2, two), TRung.ShiftLeft(high, 1), third), x, 4 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 4, two), high, third), x, 8 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 6, two), TRung.ShiftRight(high, 1), third), x, 12 * TTile.Tokens);
                totals.ScaleAdd(sums, TRung.LoadSignedScales(scales));

                // Where four tokens are all that registers hold, or the lines are there already, a turn is one group: the compiler does not keep two apart.
                if ((typeof(TTile) == typeof(Tile4<TRung>) && TRung.TileTokens == 4)
                    || typeof(TTile) == typeof(UnpackedTile<TilePair<Tile4<TRung>, TRung>, TRung>))
                {
                    high = TRung.ShiftRight(high, 4, TRung.BroadcastByte(15));
                    continue;
                }

                lines += 64;
                scales += 16;
                x += 20 * TTile.Tokens;
                low = TTile.LoadLine(lines);
                sums = accumulators.StartDot(x, 16 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.And(low, two), TRung.ShiftRight(high, 2), third), x, 0);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 2, two), TRung.ShiftRight(high, 3), third), x, 4 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 4, two), TRung.ShiftRight(high, 4), third), x, 8 * TTile.Tokens);
                sums.Dot(TRung.Insert(TRung.ShiftRight(low, 6, two), TRung.ShiftRight(high, 5), third), x, 12 * TTile.Tokens);
                totals.ScaleAdd(sums, TRung.LoadSignedScales(scales));
            }
        }

        accumulators.Accumulate(totals, TRung.LoadHalf((ushort*)chunk), x, 0);
    }
}
