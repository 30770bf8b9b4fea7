using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 24 bytes, 32 weights:
//
//     0   half   d
//     2   half   m
//     4   uint32 bit j is bit 4 of q[j]
//     8   16 B   bits 0..3: byte j has q[j] in its low nibble, q[j + 16] in its high one        w[j] = q[j] * d + m

/// <summary>5 bits a weight, blocks of 32, half scale and half minimum.</summary>
public readonly partial struct Q5_1 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q5_1;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 4 + FiveBits.Bytes;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q5_1>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q5_1>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        float m = (float)BinaryPrimitives.ReadHalfLittleEndian(block[2..]);
        for (int j = 0; j < w.Length; j++)
            w[j] = (FiveBits.Unpack(block[4..], j) * d) + m;
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[32];
        AffineBlock.Encode(x, importance, 31, block, q);
        FiveBits.Pack(q, block[4..]);
    }
}
