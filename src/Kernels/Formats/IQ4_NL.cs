using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 18 bytes, 32 weights:
//
//     0   half   d
//     2   uint4  q[32]        byte j: low nibble q[j], high nibble q[j + 16]        w[j] = T[q[j]] * d, T: NonLinearCodes

/// <summary>4 bits a weight, blocks of 32, one half scale, codes closer together around zero.</summary>
public readonly partial struct IQ4_NL : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.IQ4_NL;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 2 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<IQ4_NL>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<IQ4_NL>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int j = 0; j < 16; j++)
        {
            int q = block[2 + j];
            w[j] = NonLinearCodes.Values[q & 15] * d;
            w[j + 16] = NonLinearCodes.Values[q >> 4] * d;
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);
        Span<byte> q = stackalloc byte[BlockWeights];
        float d = ScaleHalf.Write(block, SymmetricFit.HalfScale(x, w, NonLinearCodes.Codes));
        NonLinearCodes.Codes.Encode(x, ScaleHalf.Inverse(d), q);
        Nibbles.Pack(q[..16], q[16..], block[2..]);
    }
}
