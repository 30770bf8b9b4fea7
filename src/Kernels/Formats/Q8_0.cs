using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 34 bytes, 32 weights:
//
//     0   half   d
//     2   int8   q[32]        w[j] = q[j] * d

/// <summary>8 bits a weight, blocks of 32, one half scale.</summary>
public readonly partial struct Q8_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q8_0;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + 32;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q8_0>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale follows the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q8_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        ReadOnlySpan<sbyte> q = MemoryMarshal.Cast<byte, sbyte>(block[2..]);
        for (int j = 0; j < w.Length; j++)
            w[j] = q[j] * d;
    }

    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        float d = Extremes.Magnitude(x) / 127;
        float inverse = ScaleHalf.Inverse(d);
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)d);
        Rounding.HalfAwayFromZero(x, inverse, block[2..]);
    }
}
