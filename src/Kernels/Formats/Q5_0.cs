using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 22 bytes, 32 weights:
//
//     0   half   d
//     2   uint32 bit j is bit 4 of q[j]
//     6   16 B   bits 0..3: byte j has q[j] in its low nibble, q[j + 16] in its high one        w[j] = (q[j] - 16) * d

/// <summary>5 bits a weight, blocks of 32, one half scale.</summary>
public readonly partial struct Q5_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q5_0;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + FiveBits.Bytes;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q5_0>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q5_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int j = 0; j < w.Length; j++)
            w[j] = (FiveBits.Unpack(block[2..], j) - 16) * d;
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[32];
        SymmetricBlock.Encode(x, importance, 16, block, q);
        FiveBits.Pack(q, block[2..]);
    }
}
