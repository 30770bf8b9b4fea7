using Hearth.Kernels.Formats;
using Hearth.Tests;

namespace Hearth.Kernels.Tests.Formats;

public sealed class EncodeTests
{
    public static TheoryData<WeightType> ByteEqualTypes => [.. Vectors.ByteEqualTypes];

    public static TheoryData<WeightType> LimitedTypes => [.. Vectors.LimitedTypes];

    [Theory]
    [MemberData(nameof(ByteEqualTypes))]
    public void Every_byte_of_the_reference_is_met(WeightType type)
    {
        WeightFormat format = Get(type);
        (string[] inputs, byte[] expected) = Vectors.Encoded(type);
        int start = 0;
        foreach (string input in inputs)
        {
            byte[] actual = EncodeRows(format, input, hasImportance: false);
            Assert.Equal(expected[start..(start + actual.Length)], actual);
            start += actual.Length;
        }

        Assert.Equal(expected.Length, start);
    }

    [Theory]
    [MemberData(nameof(LimitedTypes))]
    public void Weighted_error_stays_within_one_percent_of_the_reference(WeightType type)
    {
        WeightFormat format = Get(type);
        foreach ((string input, bool hasImportance, double limit) in Vectors.Limits(type))
        {
            (float[] weights, int columns) = Vectors.Input(input);
            var decoded = new float[weights.Length];
            format.Decode(EncodeRows(format, input, hasImportance), decoded);
            double error = WeightedError(weights, decoded, hasImportance ? Vectors.Importance(input) : [.. Enumerable.Repeat(1f, columns)]);
            Assert.True(error <= limit, $"{input}{(hasImportance ? " with importance" : "")}: error {error:R} is above {limit:R}.");
        }
    }

    [Theory]
    [InlineData(WeightType.Q4_0)]
    [InlineData(WeightType.Q4_1)]
    [InlineData(WeightType.Q5_0)]
    [InlineData(WeightType.Q5_1)]
    [InlineData(WeightType.Q2_K)]
    [InlineData(WeightType.Q3_K)]
    [InlineData(WeightType.Q4_K)]
    [InlineData(WeightType.Q5_K)]
    [InlineData(WeightType.Q6_K)]
    [InlineData(WeightType.IQ4_NL)]
    public void Equal_values_lose_what_the_rounding_of_a_half_takes(WeightType type)
    {
        WeightFormat format = Get(type);
        float[] decoded = new float[256];
        var blocks = new byte[format.RowBytes(256)];
        for (int seed = 0; seed < 50; seed++)
        {
            // Large enough for steps that are no subnormal halves.
            float value = (seed % 3 == 0 ? -100 : 100) * (1 + MathF.Abs(Samples.Gaussian(seed, 1)[0]));
            float[] weights = [.. Enumerable.Repeat(value, 256)];
            float[] importance = seed % 2 == 0 ? [] : [.. Samples.Gaussian(seed + 1, 256).Select(MathF.Abs)];
            format.Encode(weights, importance, blocks);
            format.Decode(blocks, decoded);
            Assert.True(decoded.All(number => MathF.Abs(number - value) <= MathF.Abs(value) * 0.0005f), $"{value} became {decoded[0]}");
        }
    }

    [Fact]
    public void Encoding_and_decoding_allocate_nothing()
    {
        float[] weights = Samples.Gaussian(1, 512), importance = [.. Samples.Gaussian(2, 512).Select(MathF.Abs)];
        foreach (WeightFormat format in WeightFormat.All)
        {
            var blocks = new byte[format.RowBytes(weights.Length)];
            var decoded = new float[weights.Length];
            long allocated = AllocatedBytes.Of(() =>
            {
                format.Encode(weights, importance, blocks);
                format.Decode(blocks, decoded);
            });

            Assert.True(allocated == 0, $"{format.Type}: {allocated} bytes.");
        }
    }

    private static WeightFormat Get(WeightType type)
    {
        Assert.True(WeightFormat.TryGet(type, out WeightFormat? format));
        return format;
    }

    private static byte[] EncodeRows(WeightFormat format, string input, bool hasImportance)
    {
        (float[] weights, int columns) = Vectors.Input(input);
        float[] importance = hasImportance ? Vectors.Importance(input) : [];
        int rowBytes = (int)format.RowBytes(columns);
        var blocks = new byte[weights.Length / columns * rowBytes];
        for (int row = 0; row * columns < weights.Length; row++)
            format.Encode(weights.AsSpan(row * columns, columns), importance, blocks.AsSpan(row * rowBytes, rowBytes));
        return blocks;
    }

    private static double WeightedError(float[] weights, float[] decoded, float[] importance)
    {
        double loss = 0, total = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double difference = (double)decoded[i] - weights[i];
            loss += importance[i % importance.Length] * difference * difference;
            total += importance[i % importance.Length];
        }

        return Math.Sqrt(loss / total);
    }
}
