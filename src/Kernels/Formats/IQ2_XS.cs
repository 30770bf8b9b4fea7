using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 74 bytes, 256 weights:
//
//     0   half    d
//     2   uint16  [32], one for eight weights: bits 0..8 the entry, bits 9..15 their EvenSigns
//    66   uint4   s[16], one for 16 weights, low nibble first
//
//    w = ± d * (0.5 + s) * 0.25 * entry, entries: Codebook.Iq2Xs

/// <summary>2.31 bits a weight: superblocks of 256, entries of a codebook of 512 times eight magnitudes.</summary>
public readonly partial struct IQ2_XS : IBlockCodec
{
    private const int Groups = 16;
    private const int ScalesStart = 2 + 64;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ2_XS;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => ScalesStart + (Groups / 2);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ2_XS>(blocks, weights);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no importance: at so few bits the result would be useless.</exception>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireImportance<IQ2_XS>(importance);
        Blocks.Encode<IQ2_XS>(weights, importance, blocks);
    }

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int v = 0; v < BlockWeights / 8; v++)
        {
            int code = BinaryPrimitives.ReadUInt16LittleEndian(block[(2 + (2 * v))..]);
            int scale = (block[ScalesStart + (v / 4)] >> (v / 2 % 2 * 4)) & 15;
            float step = d * (0.5f + scale) * 0.25f;
            SignedEntry.Decode(Codebook.Iq2Xs[code & 511], EvenSigns.Unpack(code >> 9), step, w.Slice(8 * v, 8));
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<float> magnitudes = stackalloc float[BlockWeights];
        Span<int> signs = stackalloc int[BlockWeights / 8];
        for (int v = 0; v < signs.Length; v++)
            signs[v] = EvenSigns.Split(x.Slice(8 * v, 8), w.Slice(8 * v, 8), magnitudes[(8 * v)..]);

        Span<byte> scales = stackalloc byte[Groups];
        Span<ushort> indices = stackalloc ushort[BlockWeights / 8];
        CodebookSuperblock.Iq2Xs.Encode(magnitudes, w, block, scales, indices);
        for (int v = 0; v < signs.Length; v++)
            BinaryPrimitives.WriteUInt16LittleEndian(block[(2 + (2 * v))..], (ushort)(indices[v] | (signs[v] << 9)));
        Nibbles.PackPairs(scales, block[ScalesStart..]);
    }
}
