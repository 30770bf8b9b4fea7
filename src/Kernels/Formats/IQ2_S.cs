using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 82 bytes, 256 weights, vectors of eight:
//
//     0   half   d
//     2   32 B   bits 0..7 of the entry of vector v
//    34   32 B   the signs of vector v, a set bit is a minus
//    66    8 B   bits 8..9 of the entries, four vectors a byte, lowest first
//    74   uint4  s[16], one for 16 weights, low nibble first
//
//    w = ± d * (0.5 + s) * 0.25 * entry, entries: Codebook.Iq2S

/// <summary>2.56 bits a weight: superblocks of 256, entries of a codebook of 1024 times eight magnitudes.</summary>
public readonly partial struct IQ2_S : IBlockCodec
{
    private const int Groups = 16;
    private const int Vectors = 32;
    private const int SignsStart = 2 + Vectors;
    private const int HighStart = SignsStart + Vectors;
    private const int ScalesStart = HighStart + (Vectors / 4);

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ2_S;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => ScalesStart + (Groups / 2);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ2_S>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ2_S>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int v = 0; v < Vectors; v++)
        {
            int index = block[2 + v] | (((block[HighStart + (v / 4)] >> (v % 4 * 2)) & 3) << 8);
            int scale = (block[ScalesStart + (v / 4)] >> (v / 2 % 2 * 4)) & 15;
            float step = d * (0.5f + scale) * 0.25f;
            SignedEntry.Decode(Codebook.Iq2S[index], block[SignsStart + v], step, w.Slice(8 * v, 8));
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<float> magnitudes = stackalloc float[BlockWeights];
        SignedEntry.Split(x, magnitudes, block[SignsStart..]);
        Span<byte> scales = stackalloc byte[Groups];
        Span<ushort> indices = stackalloc ushort[Vectors];
        CodebookSuperblock.Iq2S.Encode(magnitudes, w, block, scales, indices);

        Span<byte> high = block[HighStart..ScalesStart];
        high.Clear();
        for (int v = 0; v < Vectors; v++)
        {
            block[2 + v] = (byte)indices[v];
            high[v / 4] |= (byte)(indices[v] >> 8 << (v % 4 * 2));
        }

        Nibbles.PackPairs(scales, block[ScalesStart..]);
    }
}
