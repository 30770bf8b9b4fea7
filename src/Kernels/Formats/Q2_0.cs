using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 18 bytes, 64 weights:
//
//     0   half   d
//     2   16 B   two bits a weight, lowest first        w[j] = (q[j] - 1) * d

/// <summary>2 bits a weight, blocks of 64, one half scale: -d, 0, d and, never written, 2d.</summary>
public readonly partial struct Q2_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q2_0;

    /// <inheritdoc/>
    public static int BlockWeights => 64;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q2_0>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale is the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q2_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int j = 0; j < w.Length; j++)
            w[j] = (((block[2 + (j / 4)] >> (j % 4 * 2)) & 3) - 1) * d;
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[BlockWeights];
        Trits.Encode(x, block, q);
        for (int j = 0; j < 16; j++)
            block[2 + j] = (byte)(q[4 * j] | (q[(4 * j) + 1] << 2) | (q[(4 * j) + 2] << 4) | (q[(4 * j) + 3] << 6));
    }
}
