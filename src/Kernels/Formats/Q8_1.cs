using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 36 bytes, 32 values:
//
//     0   half   d
//     2   half   d * sum(q)
//     4   int8   q[32]        w[j] = q[j] * d

/// <summary>8-bit activations, blocks of 32: half scale and half sum. No file stores weights in it.</summary>
public readonly struct Q8_1 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q8_1;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 4 + 32;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q8_1>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale follows the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q8_1>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        ReadOnlySpan<sbyte> q = MemoryMarshal.Cast<byte, sbyte>(block[4..]);
        for (int j = 0; j < w.Length; j++)
            w[j] = q[j] * d;
    }

    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        float d = Extremes.Magnitude(x) / 127;
        Rounding.HalfAwayFromZero(x, ScaleHalf.Inverse(d), block[4..]);
        int sum = 0;
        foreach (sbyte q in MemoryMarshal.Cast<byte, sbyte>(block[4..]))
            sum += q;
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)d);
        BinaryPrimitives.WriteHalfLittleEndian(block[2..], (Half)(d * sum));
    }
}
