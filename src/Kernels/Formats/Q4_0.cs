using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 18 bytes, 32 weights:
//
//     0   half   d
//     2   uint4  q[32]        byte j: low nibble q[j], high nibble q[j + 16]        w[j] = (q[j] - 8) * d

/// <summary>4 bits a weight, blocks of 32, one half scale.</summary>
public readonly partial struct Q4_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q4_0;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q4_0>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q4_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int j = 0; j < 16; j++)
        {
            int q = block[2 + j];
            w[j] = ((q & 15) - 8) * d;
            w[j + 16] = ((q >> 4) - 8) * d;
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[32];
        SymmetricBlock.Encode(x, importance, 8, block, q);
        Nibbles.Pack(q[..16], q[16..], block[2..]);
    }
}
