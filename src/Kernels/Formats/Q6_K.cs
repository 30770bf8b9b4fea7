using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats;

// 210 bytes, 256 weights in sixteen groups of 16:
//
//     0   128 B   ql, the lower four bits of the codes
//   128    64 B   qh, the upper two bits
//   192   int8    s[16]
//   208   half    d
//
// Each half of 128 weights has 64 ql and 32 qh bytes; for l = 0..31 the codes of its weights are
//
//    l        low  nibble of ql[l]         bits 0..1 of qh[l]
//    l + 32   low  nibble of ql[l + 32]    bits 2..3
//    l + 64   high nibble of ql[l]         bits 4..5
//    l + 96   high nibble of ql[l + 32]    bits 6..7
//
//    w = (d * s[g]) * (code - 32)

/// <summary>6 bits a weight, superblocks of 256: sixteen groups, each with an 8-bit scale.</summary>
public readonly partial struct Q6_K : IBlockCodec
{
    private const int HighStart = 128;
    private const int ScalesStart = HighStart + 64;
    private const int StepStart = ScalesStart + Groups;
    private const int Groups = 16;
    private const int GroupWeights = 16;

    /// <inheritdoc/>
    public static WeightType Type => WeightType.Q6_K;

    /// <inheritdoc/>
    public static int BlockWeights => 256;

    /// <inheritdoc/>
    public static int BlockBytes => StepStart + 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights) => Blocks.Decode<Q6_K>(blocks, weights);

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
        => Blocks.Encode<Q6_K>(weights, importance, blocks);

    static void IBlockCodec.DecodeBlock(ReadOnlySpan<byte> block, Span<float> w)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[StepStart..]);
        ReadOnlySpan<sbyte> scales = MemoryMarshal.Cast<byte, sbyte>(block[ScalesStart..StepStart]);
        for (int i = 0; i < w.Length; i++)
        {
            int half = i / 128, quarter = i / 32 % 4, l = i % 32;
            int low = block[(64 * half) + (quarter % 2 * 32) + l] >> (quarter / 2 * 4);
            int high = block[HighStart + (32 * half) + l] >> (2 * quarter);
            int code = (low & 15) | ((high & 3) << 4);
            w[i] = d * scales[i / GroupWeights] * (code - 32);
        }
    }

    [SkipLocalsInit]
    static void IBlockCodec.EncodeBlock(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<byte> block)
    {
        Span<float> w = stackalloc float[BlockWeights];
        ErrorWeights.Fill(x, importance, w);

        Span<byte> scales = stackalloc byte[Groups];
        Span<byte> q = stackalloc byte[BlockWeights];
        new SymmetricSuperblock<IntegerCodes>(GroupWeights, 8, new(-32, 31)).Encode(x, w, block[StepStart..], scales, q);
        for (int g = 0; g < Groups; g++)
            block[ScalesStart + g] = (byte)(scales[g] - 128);
        Pack(q, block);
    }

    private static void Pack(ReadOnlySpan<byte> q, Span<byte> block)
    {
        Vector256<byte> lowMask = Vector256.Create((byte)15);
        for (int half = 0; half < 2; half++)
        {
            Vector256<byte> q0 = Vector256.Create(q[(128 * half)..]), q1 = Vector256.Create(q[((128 * half) + 32)..]);
            Vector256<byte> q2 = Vector256.Create(q[((128 * half) + 64)..]), q3 = Vector256.Create(q[((128 * half) + 96)..]);
            ((q0 & lowMask) | (q2 << 4)).CopyTo(block[(64 * half)..]);
            ((q1 & lowMask) | (q3 << 4)).CopyTo(block[((64 * half) + 32)..]);
            ((q0 >> 4) | (q1 >> 4 << 2) | (q2 >> 4 << 4) | (q3 >> 4 << 6)).CopyTo(block[(HighStart + (32 * half))..]);
        }
    }
}
