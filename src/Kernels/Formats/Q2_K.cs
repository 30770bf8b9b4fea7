using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 84 bytes, 256 weights in sixteen groups of 16:
//
//     0   16 B    low nibble s[g], high nibble m[g]
//    16   64 B    two bits a weight; each half of 128 weights has 32 bytes, weight 32 k + l is bits 2k..2k+1 of byte l
//    80   half    d
//    82   half    dmin
//
//    w = (d * s[g]) * q - dmin * m[g]

/// <summary>2 bits a weight, superblocks of 256: sixteen groups, each with a 4-bit scale and a 4-bit minimum.</summary>
public readonly partial struct Q2_K : IBlockCodec
{
    private const int Groups = 16;
    private const int GroupWeights = 16;
    private const int CodesStart = Groups;
    private const int StepStart = CodesStart + TwoBits.Bytes;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q2_K;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => StepStart + 4;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q2_K>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q2_K>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[StepStart..]);
        float dmin = (float)BinaryPrimitives.ReadHalfLittleEndian(block[(StepStart + 2)..]);
        ReadOnlySpan<byte> codes = block[CodesStart..StepStart];
        for (int i = 0; i < w.Length; i++)
        {
            int scales = block[i / GroupWeights];
            w[i] = (d * (scales & 15) * TwoBits.Unpack(codes, i)) - (dmin * (scales >> 4));
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);

        Span<byte> scales = stackalloc byte[Groups];
        Span<byte> minima = stackalloc byte[Groups];
        Span<byte> q = stackalloc byte[BlockWeights];
        new AffineSuperblock(GroupWeights, 3, 15).Encode(x, w, block[StepStart..], scales, minima, q);
        Nibbles.Pack(scales, minima, block);
        TwoBits.Pack(q, block[CodesStart..StepStart]);
    }
}
