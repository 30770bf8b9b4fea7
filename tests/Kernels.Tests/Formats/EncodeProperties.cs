using FsCheck;
using FsCheck.Xunit;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Tests.Matmul;

namespace Hearth.Kernels.Tests.Formats;

public sealed unsafe class EncodeProperties
{
    private const int RowWeights = 512;

    /// <summary>Types whose decoded values are encoded to the same bytes again.</summary>
    private static readonly WeightType[] IdempotentTypes =
    [
        WeightType.F32, WeightType.F16, WeightType.BF16, WeightType.Q4_0, WeightType.Q5_0, WeightType.Q8_0,
        WeightType.MXFP4, WeightType.Q1_0, WeightType.Q2_0, WeightType.TQ1_0, WeightType.TQ2_0,
    ];

    [Property(MaxTest = 12)]
    public void Any_bits_are_encoded_within_the_block_and_decode_again(NonEmptyArray<int> weightBits, int[] importanceBits)
    {
        float[] weights = Repeat(weightBits.Get), importance = importanceBits.Length == 0 ? [] : Repeat(importanceBits);
        using GuardedBuffer source = GuardedBuffer.Of<float>(weights), columns = GuardedBuffer.Of<float>(importance);
        foreach (WeightFormat format in WeightFormat.All.Where(format => importance.Length > 0 || !NeedsImportance(format.Type)))
        {
            using var blocks = new GuardedBuffer(format.RowBytes(RowWeights));
            using var decoded = new GuardedBuffer(RowWeights * sizeof(float));
            format.Encode(Floats(source), Floats(columns), Bytes(blocks));
            format.Decode(Bytes(blocks), Floats(decoded));
        }
    }

    [Property(MaxTest = 12)]
    public void Values_within_the_range_of_a_half_decode_as_finite_values(NonEmptyArray<short> weightBits, byte[] importances)
    {
        float[] halves = Repeat(weightBits.Get, bits => (float)BitConverter.Int16BitsToHalf(bits));
        float[] weights = [.. halves.Select(x => float.IsFinite(x) ? x : 1)];
        float[] importance = importances.Length == 0 ? [] : Repeat(importances, value => value / 16f);
        foreach (WeightFormat format in WeightFormat.All.Where(format => importance.Length > 0 || !NeedsImportance(format.Type)))
        {
            float[] decoded = RoundTrip(format, weights, importance, out _);
            Assert.All(decoded, value => Assert.True(float.IsFinite(value), $"{format.Type}: {value}"));
        }
    }

    [Property(MaxTest = 12)]
    public void Decoded_values_are_encoded_to_the_same_bytes(int seed)
    {
        float[] weights = Samples.Gaussian(seed, RowWeights);
        foreach (WeightType type in IdempotentTypes)
        {
            Assert.True(WeightFormat.TryGet(type, out WeightFormat? format));
            float[] once = RoundTrip(format, weights, [], out byte[] blocks);
            RoundTrip(format, once, [], out byte[] again);
            Assert.Equal(blocks, again);
        }
    }

    [Property(MaxTest = 12)]
    public void A_row_is_encoded_block_by_block(int seed, bool hasImportance)
    {
        float[] weights = Samples.HeavyTailed(seed, RowWeights);
        float[] importance = [.. Samples.Gaussian(seed + 1, RowWeights).Select(MathF.Abs)];
        foreach (WeightFormat format in WeightFormat.All.Where(format => hasImportance || !NeedsImportance(format.Type)))
        {
            RoundTrip(format, weights, hasImportance ? importance : [], out byte[] whole);
            int block = Math.Abs(seed % (RowWeights / format.BlockWeights)), start = block * format.BlockWeights;
            RoundTrip(
                format,
                weights[start..(start + format.BlockWeights)],
                hasImportance ? importance[start..(start + format.BlockWeights)] : [],
                out byte[] alone);
            Assert.Equal(whole[(block * format.BlockBytes)..((block + 1) * format.BlockBytes)], alone);
        }
    }

    [Property(MaxTest = 12)]
    public void Scaling_by_a_power_of_two_scales_what_is_decoded(int seed)
    {
        // So large that no half is subnormal: all else is floating.
        float[] weights = [.. Samples.Gaussian(seed, RowWeights).Select(x => 256 * x)], larger = [.. weights.Select(x => 4 * x)];
        foreach (WeightFormat format in WeightFormat.All.Where(format => !NeedsImportance(format.Type)))
        {
            float[] decoded = RoundTrip(format, weights, [], out _);
            Assert.Equal([.. decoded.Select(x => 4 * x)], RoundTrip(format, larger, [], out _));
        }
    }

    private static bool NeedsImportance(WeightType type) => type is WeightType.IQ1_S or WeightType.IQ2_XXS or WeightType.IQ2_XS;

    private static float[] RoundTrip(WeightFormat format, float[] weights, float[] importance, out byte[] blocks)
    {
        blocks = new byte[format.RowBytes(weights.Length)];
        format.Encode(weights, importance, blocks);
        var decoded = new float[weights.Length];
        format.Decode(blocks, decoded);
        return decoded;
    }

    private static float[] Repeat(int[] bits) => Repeat(bits, BitConverter.Int32BitsToSingle);

    private static float[] Repeat<T>(T[] items, Func<T, float> value)
        => [.. Enumerable.Range(0, RowWeights).Select(i => value(items[i % items.Length]))];

    private static Span<byte> Bytes(GuardedBuffer buffer) => new(buffer.Pointer, (int)buffer.Bytes);

    private static Span<float> Floats(GuardedBuffer buffer) => new(buffer.Pointer, (int)buffer.Bytes / sizeof(float));
}
