using System.Runtime.CompilerServices;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 17 bytes, 32 weights:
//
//     0   uint8  e
//     1   e2m1   q[32]        byte j: low nibble q[j], high nibble q[j + 16]        w[j] = K[q[j]] * 2^(e - 128), K: FourBitFloats

/// <summary>4-bit floats (e2m1), blocks of 32, a power of two as scale.</summary>
public readonly partial struct MXFP4 : IBlockCodec
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.MXFP4;

    /// <inheritdoc/>
    public static int BlockWeights => 32;

    /// <inheritdoc/>
    public static int BlockBytes => 1 + 16;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<MXFP4>(blocks, weights);

    /// <inheritdoc/>
    /// <remarks>Importance changes nothing here: the scale follows the largest magnitude.</remarks>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<MXFP4>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = Scale(block[0]);
        for (int j = 0; j < 16; j++)
        {
            int q = block[1 + j];
            w[j] = FourBitFloats.Doubled[q & 15] * d;
            w[j + 16] = FourBitFloats.Doubled[q >> 4] * d;
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        // The largest magnitude falls into the last binade of a code, which begins at 4; a scale of e stands for 2^(e - 127).
        float magnitude = Extremes.Magnitude(x);
        int e = magnitude > 0 ? Math.Max(MathF.ILogB(magnitude) - 2 + 127, 0) : 0;
        block[0] = (byte)e;
        Span<byte> q = stackalloc byte[BlockWeights];
        FourBitFloats.Encode(x, Scale((byte)e), q);
        Nibbles.Pack(q[..16], q[16..], block[1..]);
    }

    /// <summary>Half of <c>2^(e - 127)</c>, because the table holds twice the codes' values; exact, subnormal for 0 and 1.</summary>
    private static float Scale(byte e) => BitConverter.UInt32BitsToSingle(e < 2 ? 0x0020_0000u << e : (uint)(e - 1) << 23);
}
