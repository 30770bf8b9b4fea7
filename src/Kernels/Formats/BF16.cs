using System.Numerics;
using System.Runtime.InteropServices;

namespace Hearth.Kernels.Formats;

/// <summary>16-bit brain floats: the upper half of an F32, little-endian, one weight a block.</summary>
/// <remarks>
/// Widening is exact. Narrowing rounds to the nearest, ties to even, and overflows to an infinity; a NaN stays one, made quiet.
/// Both directions are bit arithmetic alone, so the vector loop is the definition written with wider words.
/// </remarks>
public readonly partial struct BF16 : IWeightFormat
{
    /// <inheritdoc/>
    public static WeightType Type => WeightType.BF16;

    /// <inheritdoc/>
    public static int BlockWeights => 1;

    /// <inheritdoc/>
    public static int BlockBytes => 2;

    /// <inheritdoc/>
    public static void Decode(ReadOnlySpan<byte> blocks, Span<float> weights)
    {
        Blocks.RequireWhole<BF16>(weights.Length, blocks.Length);
        ReadOnlySpan<ushort> source = MemoryMarshal.Cast<byte, ushort>(blocks);
        Span<uint> bits = MemoryMarshal.Cast<float, uint>(weights);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            (low << 16).CopyTo(bits[i..]);
            (high << 16).CopyTo(bits[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
            bits[i] = (uint)source[i] << 16;
    }

    /// <inheritdoc/>
    public static void Encode(ReadOnlySpan<float> weights, ReadOnlySpan<float> importance, Span<byte> blocks)
    {
        Blocks.RequireWhole<BF16>(weights.Length, importance.Length, blocks.Length);
        ReadOnlySpan<uint> bits = MemoryMarshal.Cast<float, uint>(weights);
        Span<ushort> target = MemoryMarshal.Cast<byte, ushort>(blocks);
        int i = 0;
        for (; i <= bits.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector<uint> low = Round(new Vector<uint>(bits[i..]));
            Vector<uint> high = Round(new Vector<uint>(bits[(i + Vector<uint>.Count)..]));
            Vector.Narrow(low, high).CopyTo(target[i..]);
        }

        for (; i < bits.Length; i++)
            target[i] = (ushort)Round(new Vector<uint>(bits[i]))[0];
    }

    /// <summary>The upper 16 bits, rounded by the lower ones: adding 0x7FFF and the last kept bit carries exactly when it should.</summary>
    private static Vector<uint> Round(Vector<uint> bits)
    {
        Vector<uint> upper = bits >> 16;
        Vector<uint> rounded = (bits + new Vector<uint>(0x7FFF) + (upper & Vector<uint>.One)) >> 16;
        Vector<uint> isNaN = Vector.GreaterThan(bits & new Vector<uint>(0x7FFF_FFFF), new Vector<uint>(0x7F80_0000));
        return Vector.ConditionalSelect(isNaN, upper | new Vector<uint>(0x40), rounded);
    }
}
