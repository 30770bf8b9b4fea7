using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 54 bytes, 256 weights, each a base-3 digit t (a trit) of a byte:
//
//     0   32 B   five trits each: digit n of byte j is weight 32 n + j
//    32   16 B   five trits each: digit n of byte j is weight 160 + 16 n + j
//    48    4 B   four trits each: digit n of byte j is weight 240 + 4 n + j
//    52   half   d        w = (t - 1) * d
//
// A byte holds its digits as a fraction of 256, ceil(256 / 243 * (81 t0 + 27 t1 + 9 t2 + 3 t3 + t4)), so that digit n is the carry
// out of eight bits when the byte times 3^n, cut to eight bits, is multiplied by 3.

/// <summary>1.69 bits a weight, ternary: superblocks of 256 values -d, 0 or d.</summary>
public readonly partial struct TQ1_0 : IBlockCodec
{
    private const int StepStart = 32 + 16 + 4;

    private static readonly (int Bytes, int Digits)[] Parts = [(32, 5), (16, 5), (4, 4)];

    /// <inheritdoc/>
    public static WeightType Type => WeightType.TQ1_0;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => StepStart + 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<TQ1_0>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale is the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<TQ1_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[StepStart..]);
        int start = 0, weight = 0;
        foreach ((int bytes, int digits) in Parts)
        {
            for (int n = 0, power = 1; n < digits; n++, power *= 3)
            {
                for (int j = 0; j < bytes; j++)
                {
                    int shifted = (byte)(block[start + j] * power);
                    w[weight++] = ((shifted * 3 >> 8) - 1) * d;
                }
            }

            start += bytes;
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[BlockWeights];
        Trits.Encode(x, block[StepStart..], q);
        int start = 0, weight = 0;
        foreach ((int bytes, int digits) in Parts)
        {
            for (int j = 0; j < bytes; j++)
            {
                int value = 0;
                for (int n = 0; n < 5; n++)
                    value = (value * 3) + (n < digits ? q[weight + (n * bytes) + j] : 0);
                block[start + j] = (byte)(((value * 256) + 242) / 243);
            }

            start += bytes;
            weight += bytes * digits;
        }
    }
}
