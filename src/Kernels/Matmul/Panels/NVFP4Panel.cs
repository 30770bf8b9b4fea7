using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Isa;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 640 bytes (one block of 16 rows):
/// <code>
///   0  4 x 16 halves   scale of group g (16 columns), rows 0..15
/// 128  4 x 2 lines     group g: byte 4r + j of line i: low nibble = column 4i + j, high nibble = column 8 + 4i + j of row r
/// </code>
/// The 8-bit scales are kept as halves, which hold them exactly and which all rungs widen: 5 bits a weight in place of 4.5.
/// </content>
public readonly unsafe partial struct NVFP4 : IPanelKernel
{
    private const int LinesAt = 128;
    private const int GroupLineBytes = 128;

    // The halves of all scales.
    private static readonly ushort[] ScaleBits =
        [.. Enumerable.Range(0, 256).Select(s => BitConverter.HalfToUInt16Bits((Half)Scale((byte)s)))];

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 640;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 64, GroupWeights, GroupCorrection.Pair, FourBitFloatTable.Zero, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        var scales = ScaleBits;
        for (int group = 0; group < Groups; group++)
        {
            *(ushort*)(chunk + (32 * group) + (2 * row)) = scales[blocks[group]];
            byte* lines = chunk + LinesAt + (GroupLineBytes * group) + (4 * row);
            *(uint*)lines = *(uint*)(blocks + Groups + (8 * group));
            *(uint*)(lines + 64) = *(uint*)(blocks + Groups + (8 * group) + 4);
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        for (int column = 0; column < 64; column++)
        {
            int group = column / GroupWeights;
            float d = Half16.ToSingle(BitConverter.ToUInt16(chunk[((32 * group) + (2 * row))..]));
            byte pair = chunk[LinesAt + (GroupLineBytes * group) + (64 * (column % 8 / 4)) + (4 * row) + (column % 4)];
            weights[column] = FourBitFloats.Doubled[(pair >> (4 * (column % 16 / 8))) & 15] * d;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var table = FourBitFloatTable.Load<TRung>();
        byte* tokenScales = activations + (Groups * 20 * TTile.Tokens);
        byte* lines = chunk + LinesAt;
        for (int group = 0; group < Groups; group++, chunk += 32, activations += 20 * TTile.Tokens)
        {
            byte* x = activations;
            var sums = accumulators.StartDot(x, 16 * TTile.Tokens);
            for (byte* end = lines + GroupLineBytes; lines < end; lines += 64, x += 4 * TTile.Tokens)
            {
                var both = TTile.LoadLine(lines);
                sums.Dot(TRung.Lookup(table, both), x, 0);
                sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4)), x, 8 * TTile.Tokens);
            }

            accumulators.AccumulateNarrow(sums, TRung.LoadHalf((ushort*)chunk), tokenScales, 0);
        }
    }
}
