using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 110 bytes, 256 weights in eight groups of 32:
//
//     0   half   d
//     2   64 B   bits 0..7 of the entries, one for four weights
//    66    8 B   bit 8 of the entries, a byte a group, lowest bit first
//    74   32 B   signs, lowest bit first, a set bit is a minus
//   106   uint4  s[8], low nibble first
//
//    w = ± d * (1 + 2 s) * entry, entries: Codebook.Iq3S

/// <summary>3.44 bits a weight: superblocks of 256, entries of a codebook of 512 times four magnitudes.</summary>
public readonly partial struct IQ3_S : IBlockCodec
{
    private const int Groups = 8;
    private const int Indices = 64;
    private const int HighStart = 2 + Indices;
    private const int SignsStart = HighStart + Groups;
    private const int ScalesStart = SignsStart + 32;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ3_S;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => ScalesStart + (Groups / 2);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ3_S>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ3_S>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int i = 0; i < Indices; i++)
        {
            int g = i / 8;
            int index = block[2 + i] | (((block[HighStart + g] >> (i % 8)) & 1) << 8);
            int scale = (block[ScalesStart + (g / 2)] >> (g % 2 * 4)) & 15;
            int signs = block[SignsStart + (i / 2)] >> (i % 2 * 4);
            SignedEntry.Decode(Codebook.Iq3S[index], signs, d * (1 + (2 * scale)), w.Slice(4 * i, 4));
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
        Span<ushort> indices = stackalloc ushort[Indices];
        CodebookSuperblock.Iq3S.Encode(magnitudes, w, block, scales, indices);

        Span<byte> high = block[HighStart..SignsStart];
        high.Clear();
        for (int i = 0; i < Indices; i++)
        {
            block[2 + i] = (byte)indices[i];
            high[i / 8] |= (byte)(indices[i] >> 8 << (i % 8));
        }

        Nibbles.PackPairs(scales, block[ScalesStart..]);
    }
}
