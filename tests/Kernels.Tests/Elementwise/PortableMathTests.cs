using FsCheck.Xunit;
using Hearth.Kernels.Elementwise;

namespace Hearth.Kernels.Tests.Elementwise;

/// <summary>
/// <see cref="Math"/> is the oracle: the C runtime's functions are within one unit in the last place, 2^-52 relative.
/// </summary>
public sealed class PortableMathTests
{
    private const double Ulp = 1.0 / (1L << 52);

    [Property(MaxTest = 2000)]
    public void Exp_is_within_its_bound_of_the_runtime(int mantissa)
    {
        double x = mantissa / (double)int.MaxValue * 708;
        AssertClose(Math.Exp(x), PortableMath.Exp(x), 3 * Ulp);
    }

    [Property(MaxTest = 2000)]
    public void Log_is_within_its_bound_of_the_runtime(double any)
    {
        double x = Math.Abs(any);
        if (x == 0 || !double.IsFinite(x))
            return;
        AssertClose(Math.Log(x), PortableMath.Log(x), 5 * Ulp);
    }

    [Property(MaxTest = 2000)]
    public void Log_near_one_keeps_its_relative_error(int mantissa)
    {
        double x = 1 + mantissa / (double)int.MaxValue / 64;
        AssertClose(Math.Log(x), PortableMath.Log(x), 5 * Ulp);
    }

    [Property(MaxTest = 2000)]
    public void Pow_is_within_its_bound_of_the_runtime(int baseSeed, int exponentSeed)
    {
        double x = Math.Exp(baseSeed / (double)int.MaxValue * 20);
        double y = exponentSeed / (double)int.MaxValue * 20;
        AssertClose(Math.Pow(x, y), PortableMath.Pow(x, y), (8 * Math.Abs(y * Math.Log(x)) + 5) * Ulp);
    }

    [Property(MaxTest = 3000)]
    public void SinCos_is_within_its_bound_of_the_runtime(int mantissa, byte binade)
    {
        double x = Math.ScaleB(mantissa / (double)int.MaxValue, (binade % 60) - 30);
        var (sin, cos) = PortableMath.SinCos(x);
        Assert.Equal(Math.Sin(x), sin, 2 * Ulp);
        Assert.Equal(Math.Cos(x), cos, 2 * Ulp);
    }

    [Fact]
    public void SinCos_of_every_position_of_a_long_context_is_within_its_bound()
    {
        for (int x = 0; x < 1_000_000; x++)
        {
            var (sin, cos) = PortableMath.SinCos(x);
            if (Math.Abs(Math.Sin(x) - sin) > 2 * Ulp || Math.Abs(Math.Cos(x) - cos) > 2 * Ulp)
                Assert.Fail($"{x}: {sin:R}, {cos:R}");
        }
    }

    [Fact]
    public void SinCos_reduces_large_angles_without_cancellation()
    {
        for (int n = 1; n < 1_000_000; n += 997)
        {
            double x = n * Math.PI;

            // Next to a zero of the sine only the 86 bits of the two-part constant limit the result.
            double expected = Math.Sin(x);
            Assert.Equal(expected, PortableMath.SinCos(x).Sin, (Math.Abs(expected) * 2 * Ulp) + Math.ScaleB(n, -85));
        }
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(-2e9)]
    public void SinCos_refuses_angles_it_cannot_reduce(double x) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PortableMath.SinCos(x));

    [Fact]
    public void Log_covers_every_binade_down_to_the_smallest_subnormal()
    {
        for (int exponent = -1074; exponent <= 1023; exponent++)
        {
            double x = Math.ScaleB(1, exponent);
            AssertClose(Math.Log(x), PortableMath.Log(x), 5 * Ulp);
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, Math.E)]
    [InlineData(double.NegativeInfinity, 0)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(710, double.PositiveInfinity)]
    [InlineData(-746, 0)]
    [InlineData(double.NaN, double.NaN)]
    public void Exp_answers_its_special_cases(double x, double expected) => Assert.Equal(expected, PortableMath.Exp(x));

    [Fact]
    public void Exp_reaches_both_ends_of_the_doubles()
    {
        AssertClose(Math.Exp(709.78), PortableMath.Exp(709.78), 3 * Ulp);
        Assert.Equal(Math.Exp(-740), PortableMath.Exp(-740), double.Epsilon);
        Assert.Equal(double.Epsilon, PortableMath.Exp(-744.5));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(-1, double.NaN)]
    [InlineData(double.PositiveInfinity, double.PositiveInfinity)]
    [InlineData(double.NaN, double.NaN)]
    public void Log_answers_its_special_cases(double x, double expected) => Assert.Equal(expected, PortableMath.Log(x));

    [Theory]
    [InlineData(0, 2, 0)]
    [InlineData(0, -1, double.PositiveInfinity)]
    [InlineData(0, 0, 1)]
    [InlineData(7, 0, 1)]
    [InlineData(-2, 2, double.NaN)]
    public void Pow_answers_its_special_cases(double x, double y, double expected) => Assert.Equal(expected, PortableMath.Pow(x, y));

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(33)]
    [InlineData(1000)]
    public void Exp_of_a_span_has_the_bits_of_the_scalar_at_every_length(int length)
    {
        var random = new Random(length);
        float[] x = [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() * -110))];
        x[length / 2] = float.NegativeInfinity;
        x[0] = 0;
        var actual = new float[length];

        double sum = PortableMath.Exp(x, 0, actual);

        float[] expected = [.. x.Select(value => (float)PortableMath.Exp((double)value))];
        Assert.Equal(expected.Select(BitConverter.SingleToUInt32Bits), actual.Select(BitConverter.SingleToUInt32Bits));
        AssertClose(expected.Sum(value => (double)value), sum, length * Ulp);
    }

    [Fact]
    public void Exp_of_a_span_subtracts_the_shift_in_single_precision()
    {
        float[] x = [.. Enumerable.Repeat(16777216f, 17)];
        var actual = new float[17];
        PortableMath.Exp(x, 16777213.5f, actual);
        Assert.All(actual, value => Assert.Equal((float)Math.Exp(16777216f - 16777213.5f), value));
    }

    [Fact]
    public void Exp_of_a_span_refuses_a_short_destination() =>
        Assert.Throws<ArgumentException>(() => PortableMath.Exp(new float[3], 0, new float[2]));

    [Property]
    public void Sum_counts_every_element_once(byte length)
    {
        float[] x = [.. Enumerable.Range(0, length).Select(i => (float)i)];
        Assert.Equal(length * (length - 1) / 2, PortableMath.Sum(x));
    }

    private static void AssertClose(double expected, double actual, double relative) =>
        Assert.True(Math.Abs(actual - expected) <= Math.Abs(expected) * relative, $"expected {expected:R}, got {actual:R}");
}
