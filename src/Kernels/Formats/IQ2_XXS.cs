using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 66 bytes, 256 weights in eight groups of 32:
//
//     0   half   d
//     2   8 x (4 index bytes, uint32 u)    index l is the entry of the group's weights 8 l .. 8 l + 7, bits 7 l .. 7 l + 6 of u
//                                          are their EvenSigns, bits 28..31 of u the scale s
//
//    w = ± d * (0.5 + s) * 0.25 * entry, entries: Codebook.Iq2Xxs

/// <summary>2.06 bits a weight: superblocks of 256, entries of a codebook of 256 times eight magnitudes.</summary>
public readonly partial struct IQ2_XXS : IBlockCodec
{
    private const int Groups = 8;
    private const int GroupBytes = 8;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ2_XXS;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + (Groups * GroupBytes);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ2_XXS>(blocks, weights);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no importance: at so few bits the result would be useless.</exception>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireImportance<IQ2_XXS>(importance);
        Blocks.Encode<IQ2_XXS>(weights, importance, blocks);
    }

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int g = 0; g < Groups; g++)
        {
            ReadOnlySpan<byte> group = block.Slice(2 + (g * GroupBytes), GroupBytes);
            uint signsAndScale = BinaryPrimitives.ReadUInt32LittleEndian(group[4..]);
            float step = d * (0.5f + (signsAndScale >> 28)) * 0.25f;
            for (int l = 0; l < 4; l++)
            {
                int signs = EvenSigns.Unpack((int)(signsAndScale >> (EvenSigns.Bits * l)) & EvenSigns.Mask);
                SignedEntry.Decode(Codebook.Iq2Xxs[group[l]], signs, step, w.Slice((g * 32) + (l * 8), 8));
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
        Span<ushort> indices = stackalloc ushort[BlockWeights / 8];
        CodebookSuperblock.Iq2Xxs.Encode(magnitudes, w, block, scales, indices);
        for (int g = 0; g < Groups; g++)
        {
            Span<byte> group = block.Slice(2 + (g * GroupBytes), GroupBytes);
            for (int l = 0; l < 4; l++)
                group[l] = (byte)indices[(4 * g) + l];
            BinaryPrimitives.WriteUInt32LittleEndian(group[4..], signs[g] | ((uint)scales[g] << 28));
        }
    }
}
