using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 176 bytes, 256 weights in eight groups of 32:
//
//     0   half    d
//     2   half    dmin
//     4   12 B    s[8], m[8], six bits each: see KScales
//    16   32 B    bit 4 of the codes: bit g of byte l belongs to weight l of group g
//    48   uint4   bits 0..3: 32 bytes k = 0..3, low nibbles are group 2k, high nibbles group 2k + 1
//
//    w = (d * s[g]) * q - (dmin * m[g])

/// <summary>5 bits a weight, superblocks of 256: eight groups, each with a 6-bit scale and a 6-bit minimum.</summary>
public readonly partial struct Q5_K : IBlockCodec
{
    private const int HeaderBytes = 4;
    private const int HighStart = HeaderBytes + KScales.Bytes;
    private const int LowStart = HighStart + GroupWeights;
    private const int GroupWeights = KScales.GroupWeights;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q5_K;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => LowStart + 128;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q5_K>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q5_K>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        float dmin = (float)BinaryPrimitives.ReadHalfLittleEndian(block[2..]);
        for (int g = 0; g < KScales.Groups; g++)
        {
            (int scale, int minimum) = KScales.Unpack(block[HeaderBytes..], g);
            float step = d * scale, offset = dmin * minimum;
            for (int l = 0; l < GroupWeights; l++)
            {
                int low = (block[LowStart + (g / 2 * GroupWeights) + l] >> (g % 2 * 4)) & 15;
                int high = (block[HighStart + l] >> g) & 1;
                w[(g * GroupWeights) + l] = (step * (low | (high << 4))) - offset;
            }
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[BlockWeights];
        KSuperblock.Encode(x, importance, 31, block[..HighStart], q);
        BitPlanes.Take(q, 4, block[HighStart..LowStart]);
        for (int k = 0; k < 4; k++)
            Nibbles.Pack(q.Slice(64 * k, GroupWeights), q.Slice((64 * k) + GroupWeights, GroupWeights), block[(LowStart + (k * 32))..]);
    }
}
