using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 292 bytes, 256 values:
//
//     0   float   d
//     4   int8    q[256]
//   260   int16   sums of 16 consecutive q        w[j] = d * q[j]

/// <summary>8-bit activations, superblocks of 256: a float scale and the sums of sixteen groups. No file stores weights in it.</summary>
public readonly struct Q8_K : IBlockCodec
{
    private const int CodesStart = 4;
    private const int SumsStart = CodesStart + 256;
    private const int Groups = 16;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q8_K;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => SumsStart + (2 * Groups);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q8_K>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale follows the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q8_K>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = BinaryPrimitives.ReadSingleLittleEndian(block);
        ReadOnlySpan<sbyte> q = MemoryMarshal.Cast<byte, sbyte>(block[CodesStart..SumsStart]);
        for (int j = 0; j < w.Length; j++)
            w[j] = d * q[j];
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        float inverse = ScaleHalf.Inverse(Extremes.Signed(x) / -127);
        Span<byte> codes = stackalloc byte[BlockWeights];
        Rounding.Nearest(x, inverse, 128, 255, codes);
        BinaryPrimitives.WriteSingleLittleEndian(block, ScaleHalf.Inverse(inverse));
        for (int g = 0; g < Groups; g++)
        {
            int sum = 0;
            for (int j = g * 16; j < (g + 1) * 16; j++)
            {
                int q = codes[j] - 128;
                block[CodesStart + j] = (byte)q;
                sum += q;
            }

            BinaryPrimitives.WriteInt16LittleEndian(block[(SumsStart + (2 * g))..], (short)sum);
        }
    }
}
