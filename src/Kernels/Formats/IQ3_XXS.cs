using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 98 bytes, 256 weights in eight groups of 32:
//
//     0   half    d
//     2   64 B    entries, one for four weights
//    66   uint32  [8], one a group: bits 7 l .. 7 l + 6 the EvenSigns of its weights 8 l .. 8 l + 7, bits 28..31 the scale s
//
//    w = ± d * (0.5 + s) * 0.5 * entry, entries: Codebook.Iq3Xxs

/// <summary>3.06 bits a weight: superblocks of 256, entries of a codebook of 256 times four magnitudes.</summary>
public readonly partial struct IQ3_XXS : IBlockCodec
{
    private const int Groups = 8;
    private const int Indices = 64;
    private const int SignsStart = 2 + Indices;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ3_XXS;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => SignsStart + (4 * Groups);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ3_XXS>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ3_XXS>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int g = 0; g < Groups; g++)
        {
            uint signsAndScale = BinaryPrimitives.ReadUInt32LittleEndian(block[(SignsStart + (4 * g))..]);
            float step = d * (0.5f + (signsAndScale >> 28)) * 0.5f;
            for (int l = 0; l < 8; l++)
            {
                int signs = EvenSigns.Unpack((int)(signsAndScale >> (EvenSigns.Bits * (l / 2))) & EvenSigns.Mask) >> (l % 2 * 4);
                SignedEntry.Decode(Codebook.Iq3Xxs[block[2 + (8 * g) + l]], signs, step, w.Slice((32 * g) + (4 * l), 4));
            }
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<float> magnitudes = stackalloc float[BlockWeights];
        Span<uint> signs = stackalloc uint[Groups];
        EvenSigns.SplitGroups(x, w, magnitudes, signs);

        Span<byte> scales = stackalloc byte[Groups];
        Span<ushort> indices = stackalloc ushort[Indices];
        CodebookSuperblock.Iq3Xxs.Encode(magnitudes, w, block, scales, indices);
        for (int i = 0; i < Indices; i++)
            block[2 + i] = (byte)indices[i];
        for (int g = 0; g < Groups; g++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(SignsStart + (4 * g))..], signs[g] | ((uint)scales[g] << 28));
    }
}
