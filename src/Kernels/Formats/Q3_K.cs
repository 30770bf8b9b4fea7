using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 110 bytes, 256 weights in sixteen groups of 16:
//
//     0   32 B    bit 2 of the codes: bit k of byte l belongs to weight 32 k + l
//    32   64 B    bits 0..1 of the codes, in the order of TwoBits
//    96   12 B    s[16], six bits each: bytes 0..7 hold the lower four of s[j] (low nibble) and s[j + 8] (high nibble);
//                 bits 2 (j / 4) .. of byte 8 + j % 4 are the upper two of s[j]
//   108   half    d
//
//    w = (d * (s[g] - 32)) * (code - 4)

/// <summary>3 bits a weight, superblocks of 256: sixteen groups, each with a 6-bit scale.</summary>
public readonly partial struct Q3_K : IBlockCodec
{
    private const int Groups = 16;
    private const int GroupWeights = 16;
    private const int LowStart = 32;
    private const int ScalesStart = LowStart + TwoBits.Bytes;
    private const int StepStart = ScalesStart + 12;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q3_K;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => StepStart + 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q3_K>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q3_K>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[StepStart..]);
        for (int i = 0; i < w.Length; i++)
        {
            int high = (block[i % 32] >> (i / 32)) & 1;
            int code = TwoBits.Unpack(block[LowStart..ScalesStart], i) | (high << 2);
            w[i] = d * (Scale(block[ScalesStart..StepStart], i / GroupWeights) - 32) * (code - 4);
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);

        Span<byte> scales = stackalloc byte[Groups];
        Span<byte> q = stackalloc byte[BlockWeights];
        new SymmetricSuperblock<IntegerCodes>(GroupWeights, 6, new(-4, 3)).Encode(x, w, block[StepStart..], scales, q);
        PackScales(scales, block[ScalesStart..StepStart]);

        BitPlanes.Take(q, 2, block[..LowStart]);
        TwoBits.Pack(q, block[LowStart..ScalesStart]);
    }

    private static int Scale(ReadOnlySpan<byte> bytes, int j)
        => ((bytes[j % 8] >> (j / 8 * 4)) & 15) | (((bytes[8 + (j % 4)] >> (j / 4 * 2)) & 3) << 4);

    private static void PackScales(ReadOnlySpan<byte> scales, Span<byte> bytes)
    {
        bytes.Clear();
        for (int j = 0; j < Groups; j++)
        {
            bytes[j % 8] |= (byte)((scales[j] & 15) << (j / 8 * 4));
            bytes[8 + (j % 4)] |= (byte)(scales[j] >> 4 << (j / 4 * 2));
        }
    }
}
