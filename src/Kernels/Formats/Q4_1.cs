using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 20 bytes, 32 weights:
//
//     0   half   d
//     2   half   m
//     4   uint4  q[32]        byte j: low nibble q[j], high nibble q[j + 16]        w[j] = q[j] * d + m

/// <summary>4 bits a weight, blocks of 32, half scale and half minimum.</summary>
public readonly partial struct Q4_1 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q4_1;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 4 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q4_1>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q4_1>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        float m = (float)BinaryPrimitives.ReadHalfLittleEndian(block[2..]);
        for (int j = 0; j < 16; j++)
        {
            int q = block[4 + j];
            w[j] = ((q & 15) * d) + m;
            w[j + 16] = ((q >> 4) * d) + m;
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[32];
        AffineBlock.Encode(x, importance, 15, block, q);
        Nibbles.Pack(q[..16], q[16..], block[4..]);
    }
}
