using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class ExtremesTests
{
    [Property]
    public void The_first_of_the_largest_magnitudes_gives_the_sign(int seed)
    {
        float[] x = FewValues(seed);
        float expected = 0;
        foreach (float value in x)
            expected = MathF.Abs(value) > MathF.Abs(expected) ? value : expected;

        AssertSameBits(expected, Extremes.Signed(x));
        AssertSameBits(MathF.Abs(expected), Extremes.Magnitude(x));
    }

    [Property]
    public void The_first_of_equal_zeros_gives_the_sign_of_the_least_value(int seed)
    {
        float[] x = FewValues(seed);
        (float min, float max) expected = (x[0], x[0]);
        foreach (float value in x)
            expected = (value < expected.min ? value : expected.min, value > expected.max ? value : expected.max);

        (float min, float max) = Extremes.Range(x);
        AssertSameBits(expected.min, min);
        AssertSameBits(expected.max - expected.min, max - min);
    }

    /// <summary>Thirty-two values out of five, so that ties abound; at times only zeros.</summary>
    private static float[] FewValues(int seed)
    {
        var random = new Random(seed);
        float[] values = [0, -0.0f, 1, -1, 0.5f];
        int first = random.Next(3), count = 1 + random.Next(values.Length - first);
        return [.. Enumerable.Range(0, 32).Select(_ => values[first + random.Next(count)])];
    }

    private static void AssertSameBits(float expected, float actual)
        => Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(actual));
}
