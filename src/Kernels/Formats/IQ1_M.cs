using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 56 bytes, 256 weights in sixteen groups of two vectors of eight:
//
//     0   32 B    bits 0..7 of the entry of each vector
//    32   uint4   [32], one a vector, low nibble first: bits 0..2 are bits 8..10 of the entry, bit 3 set: the shift is -1/8, clear: +1/8
//    48   uint16  [4]: bits 3 k .. 3 k + 2 of word i are the scale s of group 4 i + k, bits 12..15 are bits 4 i .. 4 i + 3 of the half d
//
//    w = d * (2 s + 1) * (entry + shift), entries: Codebook.Iq1S

/// <summary>1.75 bits a weight: superblocks of 256, entries of a codebook of 2048 times eight values -1, 0 or 1, shifted.</summary>
public readonly partial struct IQ1_M : IBlockCodec
{
    private const int Groups = 16;
    private const int Vectors = 32;
    private const int HighStart = Vectors;
    private const int ScalesStart = HighStart + (Vectors / 2);

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ1_M;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => ScalesStart + 8;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ1_M>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ1_M>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        int bits = 0;
        for (int i = 0; i < 4; i++)
            bits |= BinaryPrimitives.ReadUInt16LittleEndian(block[(ScalesStart + (2 * i))..]) >> 12 << (4 * i);
        float d = (float)BitConverter.UInt16BitsToHalf((ushort)bits);
        for (int v = 0; v < Vectors; v++)
        {
            int high = block[HighStart + (v / 2)] >> (v % 2 * 4);
            int scales = BinaryPrimitives.ReadUInt16LittleEndian(block[(ScalesStart + (v / 8 * 2))..]);
            float step = d * ((2 * ((scales >> (v / 2 % 4 * 3)) & 7)) + 1);
            TernaryCodebook.Decode(block[v] | ((high & 7) << 8), (high & 8) != 0, step, w.Slice(8 * v, 8));
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<byte> scales = stackalloc byte[Groups];
        Span<ushort> indices = stackalloc ushort[Vectors];
        Span<bool> isNegative = stackalloc bool[Vectors];
        Span<byte> step = stackalloc byte[sizeof(ushort)];
        ScaleHalf.Write(step, TernaryCodebook.Encode<TernaryCodebook.VectorShift>(x, w, 2, scales, indices, isNegative));

        int bits = BinaryPrimitives.ReadUInt16LittleEndian(step);
        for (int i = 0; i < 4; i++)
        {
            int word = ((bits >> (4 * i)) & 15) << 12;
            for (int k = 0; k < 4; k++)
                word |= scales[(4 * i) + k] << (3 * k);
            BinaryPrimitives.WriteUInt16LittleEndian(block[(ScalesStart + (2 * i))..], (ushort)word);
        }

        Span<byte> high = stackalloc byte[Vectors];
        for (int v = 0; v < Vectors; v++)
        {
            block[v] = (byte)indices[v];
            high[v] = (byte)((indices[v] >> 8) | (isNegative[v] ? 8 : 0));
        }

        Nibbles.PackPairs(high, block[HighStart..]);
    }
}
