using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 50 bytes, 256 weights in eight groups of four vectors of eight:
//
//     0   half    d
//     2   32 B    bits 0..7 of the entry of each vector
//    34   uint16  [8], one a group: bits 3 l .. 3 l + 2 are bits 8..10 of the entry of vector l, bits 12..14 the scale s,
//                 bit 15 set: the shift is -1/8, clear: +1/8
//
//    w = d * (2 s + 1) * (entry + shift), entries: Codebook.Iq1S

/// <summary>1.56 bits a weight: superblocks of 256, entries of a codebook of 2048 times eight values -1, 0 or 1, shifted.</summary>
public readonly partial struct IQ1_S : IBlockCodec
{
    private const int Groups = 8;
    private const int Vectors = 32;
    private const int HighStart = 2 + Vectors;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ1_S;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => HighStart + (2 * Groups);

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ1_S>(blocks, weights);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There is no importance: at so few bits the result would be useless.</exception>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireImportance<IQ1_S>(importance);
        Blocks.Encode<IQ1_S>(weights, importance, blocks);
    }

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int v = 0; v < Vectors; v++)
        {
            int high = BinaryPrimitives.ReadUInt16LittleEndian(block[(HighStart + (v / 4 * 2))..]);
            int index = block[2 + v] | (((high >> (v % 4 * 3)) & 7) << 8);
            float step = d * ((2 * ((high >> 12) & 7)) + 1);
            TernaryCodebook.Decode(index, (high & 0x8000) != 0, step, w.Slice(8 * v, 8));
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
        ScaleHalf.Write(block, TernaryCodebook.Encode<TernaryCodebook.GroupShift>(x, w, 4, scales, indices, isNegative));
        for (int g = 0; g < Groups; g++)
        {
            int high = (scales[g] << 12) | (isNegative[4 * g] ? 0x8000 : 0);
            for (int l = 0; l < 4; l++)
            {
                block[2 + (4 * g) + l] = (byte)indices[(4 * g) + l];
                high |= indices[(4 * g) + l] >> 8 << (3 * l);
            }

            BinaryPrimitives.WriteUInt16LittleEndian(block[(HighStart + (2 * g))..], (ushort)high);
        }
    }
}
