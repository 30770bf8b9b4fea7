using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 136 bytes, 256 weights in eight groups of 32:
//
//     0   half    d
//     2   uint16  bits 4..5 of s[8], two bits each, lowest first
//     4   uint4   bits 0..3 of s[8], low nibble first
//     8   uint4   q[256]    16 bytes a group: byte j: low nibble weight j, high nibble weight j + 16
//
//    w = (d * (s[g] - 32)) * T[q], T: NonLinearCodes

/// <summary>4.25 bits a weight, superblocks of 256: eight groups with 6-bit scales, codes closer together around zero.</summary>
public readonly partial struct IQ4_XS : IBlockCodec
{
    private const int Groups = 8;
    private const int GroupWeights = 32;
    private const int LowScalesStart = 4;
    private const int CodesStart = LowScalesStart + (Groups / 2);

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ4_XS;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => CodesStart + 128;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ4_XS>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ4_XS>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        int highBits = BinaryPrimitives.ReadUInt16LittleEndian(block[2..]);
        for (int g = 0; g < Groups; g++)
        {
            int scale = ((block[LowScalesStart + (g / 2)] >> (g % 2 * 4)) & 15) | (((highBits >> (2 * g)) & 3) << 4);
            float step = d * (scale - 32);
            for (int j = 0; j < 16; j++)
            {
                int q = block[CodesStart + (16 * g) + j];
                w[(GroupWeights * g) + j] = step * NonLinearCodes.Values[q & 15];
                w[(GroupWeights * g) + j + 16] = step * NonLinearCodes.Values[q >> 4];
            }
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<byte> scales = stackalloc byte[Groups];
        Span<byte> q = stackalloc byte[BlockWeights];
        new SymmetricSuperblock<TableCodes>(GroupWeights, 6, NonLinearCodes.Codes).Encode(x, w, block, scales, q);

        int highBits = 0;
        for (int g = 0; g < Groups; g++)
        {
            highBits |= scales[g] >> 4 << (2 * g);
            Nibbles.Pack(q.Slice(GroupWeights * g, 16), q.Slice((GroupWeights * g) + 16, 16), block[(CodesStart + (16 * g))..]);
        }

        BinaryPrimitives.WriteUInt16LittleEndian(block[2..], (ushort)highBits);
        for (int k = 0; k < Groups / 2; k++)
            block[LowScalesStart + k] = (byte)((scales[2 * k] & 15) | (scales[(2 * k) + 1] << 4));
    }
}
