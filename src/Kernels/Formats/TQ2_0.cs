using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 66 bytes, 256 weights:
//
//     0   64 B   q[256], two bits each, in the order of TwoBits
//    64   half   d        w[j] = (q[j] - 1) * d

/// <summary>2.06 bits a weight, ternary: superblocks of 256 values -d, 0 or d.</summary>
public readonly partial struct TQ2_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.TQ2_0;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => TwoBits.Bytes + 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<TQ2_0>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale is the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<TQ2_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[TwoBits.Bytes..]);
        for (int j = 0; j < w.Length; j++)
            w[j] = (TwoBits.Unpack(block, j) - 1) * d;
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[BlockWeights];
        Trits.Encode(x, block[TwoBits.Bytes..], q);
        TwoBits.Pack(q, block);
    }
}
