using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats.Packing;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 36 bytes, 64 weights in four groups of 16:
//
//     0   4 x ue4m3   s[4]: bits 3..6 exponent (bias 7), bits 0..2 fraction; subnormals count 2^-9; 127 stands for 0, and bit 7
//                 means nothing
//     4   e2m1        q[64]    8 bytes a group: byte j: low nibble weight j, high nibble weight j + 8
//
//    w = K[q] * (s[g] * 0.5), K: FourBitFloats

/// <summary>4-bit floats (e2m1), blocks of 64: four groups, each with an 8-bit float scale.</summary>
public readonly partial struct NVFP4 : IBlockCodec
{
    private const int Groups = 4;
    private const int GroupWeights = 16;

    /// <summary>The scales of the codes 0 to 126, ascending.</summary>
    private static readonly float[] Scales = [.. Enumerable.Range(0, 127).Select(s => Scale((byte)s))];

    /// <inheritdoc/>
    public static WeightType Type => WeightType.NVFP4;

    /// <inheritdoc/>
    public static int BlockWeights => 64;

    /// <inheritdoc/>
    public static int BlockBytes => Groups + 32;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<NVFP4>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<NVFP4>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        for (int g = 0; g < Groups; g++)
        {
            float d = Scale(block[g]);
            for (int j = 0; j < 8; j++)
            {
                int q = block[Groups + (8 * g) + j];
                w[(GroupWeights * g) + j] = FourBitFloats.Doubled[q & 15] * d;
                w[(GroupWeights * g) + j + 8] = FourBitFloats.Doubled[q >> 4] * d;
            }
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> weights = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, weights);

        Span<byte> q = stackalloc byte[GroupWeights];
        for (int g = 0; g < Groups; g++)
        {
            ReadOnlySpan<float> group = x.Slice(g * GroupWeights, GroupWeights);
            block[g] = BestScale(group, weights.Slice(g * GroupWeights, GroupWeights));
            FourBitFloats.Encode(group, Scale(block[g]), q);
            for (int j = 0; j < 8; j++)
                block[Groups + (8 * g) + j] = (byte)(q[j] | (q[j + 8] << 4));
        }
    }

    private static float Scale(byte s)
    {
        int exponent = (s >> 3) & 15, fraction = s & 7;
        if (s == 127)
            return 0;
        return 0.5f * (exponent == 0 ? MathF.ScaleB(fraction, -9) : MathF.ScaleB(8 + fraction, exponent - 10));
    }

    /// <summary>Tries sixteen neighbouring scales, one a lane, around that which puts the largest magnitude on the largest code.</summary>
    private static byte BestScale(ReadOnlySpan<float> x, ReadOnlySpan<float> w)
    {
        float target = Extremes.Magnitude(x) / FourBitFloats.Largest;
        int nearest = Array.BinarySearch(Scales, target);
        int middle = nearest < 0 ? ~nearest : nearest;
        int first = Math.Clamp(middle - (Vector512<float>.Count / 2), 0, Scales.Length - Vector512<float>.Count);
        Vector512<float> scales = Vector512.Create(Scales, first);
        Vector512<float> inverse = Vector512<float>.One / scales, loss = Vector512<float>.Zero;
        for (int i = 0; i < x.Length; i++)
        {
            Vector512<float> magnitude = Vector512.Create(MathF.Abs(x[i]));
            Vector512<float> error = (FourBitFloats.NearestMagnitude(magnitude * inverse) * scales) - magnitude;
            loss += error * error * w[i];
        }

        int best = Lanes.IndexOfLeast(loss);
        return (byte)(first + Math.Max(best, 0));
    }
}
