using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Formats;

/// <content>
/// Panel chunk of 64 columns, 576 bytes: as <see cref="Q4_0"/>, but the nibbles are codes of a table and the scales are powers of two, kept as
/// brain floats, which hold them exactly down to 2^-128.
/// </content>
public readonly unsafe partial struct MXFP4 : IPanelKernel
{
    private const int LinesAt = 64;
    private const int SmallestExponent = 2;

    /// <inheritdoc/>
    public static int ChunkColumns => 64;

    /// <inheritdoc/>
    public static int ChunkBytes => 576;

    /// <inheritdoc/>
    public static int ChunkHeaderBytes => LinesAt;

    /// <inheritdoc/>
    public static ActivationLayout Activations => new(64, 32, 32, GroupCorrection.Pair, FourBitFloatTable.Zero, false);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void PackRow(byte* blocks, int count, int row, byte* chunk)
    {
        for (int block = 0; block < count; block++, blocks += BlockBytes)
        {
            *(ushort*)(chunk + (32 * block) + (2 * row)) = PowerOfTwo(blocks[0]);
            NibbleLines.PackRow(blocks + 1, row, chunk + LinesAt + (NibbleLines.Bytes * block));
        }
    }

    /// <inheritdoc/>
    public static void DecodeRow(ReadOnlySpan<byte> chunk, int row, Span<float> weights)
    {
        Span<byte> block = stackalloc byte[BlockBytes];
        for (int i = 0; i < 2; i++)
        {
            block[0] = Exponent(MemoryMarshal.Read<ushort>(chunk[((32 * i) + (2 * row))..]));
            NibbleLines.UnpackRow(chunk[(LinesAt + (NibbleLines.Bytes * i))..], row, block[1..]);
            Decode(block, weights.Slice(32 * i, 32));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void IPanelKernel.Multiply<TRung, TTile>(byte* chunk, byte* activations, ref TTile accumulators)
    {
        var table = FourBitFloatTable.Load<TRung>();
        byte* lines = chunk + LinesAt;
        for (int block = 0; block < 2; block++, chunk += 32, activations += 40 * TTile.Tokens)
        {
            byte* x = activations;
            var sums = accumulators.StartDot(x, 32 * TTile.Tokens);
            for (byte* end = lines + NibbleLines.Bytes; lines < end; lines += 64, x += 4 * TTile.Tokens)
            {
                var both = TTile.LoadLine(lines);
                sums.Dot(TRung.Lookup(table, both), x, 0);
                sums.Dot(TRung.Lookup(table, TRung.ShiftRight(both, 4)), x, 16 * TTile.Tokens);
            }

            accumulators.AccumulateNarrow(sums, TRung.LoadBFloat16((ushort*)chunk), activations, 36 * TTile.Tokens);
        }
    }

    /// <summary>2^(e - 128) as a brain float; 2^-128 and 2^-127 are subnormal.</summary>
    private static ushort PowerOfTwo(byte e) => e < SmallestExponent ? (ushort)(0x20 << e) : (ushort)((e - 1) << 7);

    private static byte Exponent(ushort bits) => bits < 0x80 ? (byte)(bits == 0x20 ? 0 : 1) : (byte)((bits >> 7) + 1);
}
