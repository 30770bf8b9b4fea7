using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 18 bytes, 128 weights:
//
//     0   half   d
//     2   16 B   bit j of the block, lowest bit of the first byte first, set: w[j] = d, clear: w[j] = -d

/// <summary>1 bit a weight, blocks of 128, one half scale.</summary>
public readonly partial struct Q1_0 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q1_0;

    /// <inheritdoc/>
    public static int BlockWeights => 128;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q1_0>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q1_0>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int j = 0; j < w.Length; j++)
            w[j] = ((block[2 + (j / 8)] >> (j % 8)) & 1) != 0 ? d : -d;
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        if (importance.IsEmpty)
            w.Fill(1);
        else
            ErrorWeights.Fill(x, importance, w);

        // For signs alone the least weighted squares are at the weighted mean magnitude.
        float sum = 0, total = 0;
        for (int j = 0; j < x.Length; j++)
        {
            sum += w[j] * MathF.Abs(x[j]);
            total += w[j];
        }

        ScaleHalf.Write(block, sum / total);
        block[2..].Clear();
        for (int j = 0; j < x.Length; j++)
        {
            if (x[j] >= 0)
                block[2 + (j / 8)] |= (byte)(1 << (j % 8));
        }
    }
}
