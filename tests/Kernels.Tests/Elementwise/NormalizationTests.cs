using FsCheck.Xunit;
using static Hearth.Kernels.Tests.Elementwise.ElementwiseAssert;

namespace Hearth.Kernels.Tests.Elementwise;

public sealed unsafe class NormalizationTests
{
    private const float Eps = 1e-5f;

    [Property(MaxTest = 300)]
    public void RmsNorm_divides_by_the_root_mean_square(byte width, int seed, bool weighted)
    {
        var random = new Random(seed);
        var x = FloatRow.Random(random, width + 1, 3);
        var weight = FloatRow.Random(random, width + 1);
        var y = SameOnEveryRung(x.Width, (kernels, to)
            => kernels.RmsNorm(x.Pointer, weighted ? weight.Pointer : null, Eps, to.Pointer, to.Width));
        double meanSquare = x.Values.ToArray().Average(value => (double)value * value);
        for (int i = 0; i < x.Width; i++)
        {
            double expected = x.Values[i] / Math.Sqrt(meanSquare + Eps) * (weighted ? weight.Values[i] : 1);
            Close(expected, y.Values[i], Math.Abs(expected) * Roundings(x.Width), $"element {i} of {x.Width}");
        }
    }

    [Property(MaxTest = 300)]
    public void What_lies_below_the_bound_becomes_zero_and_the_rest_what_it_lies_above(byte width, int seed)
    {
        const float deviations = 0.7f;
        var x = FloatRow.Random(new Random(seed), width + 2, 3);
        var y = SameOnEveryRung(x.Width, (kernels, to) => kernels.KeepLargest(x.Pointer, deviations, to.Pointer, to.Width));
        double[] values = [.. x.Values.ToArray().Select(value => (double)value)];
        double mean = values.Average();
        double deviation = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (x.Width - 1));
        double largest = values.Max(Math.Abs);
        for (int i = 0; i < x.Width; i++)
        {
            double expected = Math.Max(0, values[i] - mean - (deviations * deviation));
            Close(expected, y.Values[i], 3 * largest * Roundings(x.Width), $"element {i} of {x.Width}");
        }
    }

    [Property(MaxTest = 300)]
    public void A_row_becomes_as_long_as_another(byte width, int seed)
    {
        var random = new Random(seed);
        var x = FloatRow.Random(random, width + 1, 3);
        var from = FloatRow.Random(random, width + 1, 2);
        var y = SameOnEveryRung(x.Width, (kernels, to) =>
        {
            from.Values.CopyTo(new Span<float>(to.Pointer, to.Width));
            kernels.MatchMagnitude(x.Pointer, to.Pointer, to.Width);
        });
        double ratio = Math.Sqrt(x.Values.ToArray().Average(value => (double)value * value)
            / Math.Max(1e-5, from.Values.ToArray().Average(value => (double)value * value)));
        for (int i = 0; i < x.Width; i++)
            Close(from.Values[i] * ratio, y.Values[i], Math.Abs(from.Values[i] * ratio) * 2 * Roundings(x.Width), $"element {i} of {x.Width}");
    }

    [Property(MaxTest = 300)]
    public void LayerNorm_centres_and_divides_by_the_deviation(byte width, int seed, bool weighted, bool biased)
    {
        var random = new Random(seed);
        var x = FloatRow.Random(random, width + 1, 3);
        var weight = FloatRow.Random(random, width + 1);
        var bias = FloatRow.Random(random, width + 1);
        var y = SameOnEveryRung(x.Width, (kernels, to) => kernels.LayerNorm(
            x.Pointer, weighted ? weight.Pointer : null, biased ? bias.Pointer : null, Eps, to.Pointer, to.Width));
        double[] values = [.. x.Values.ToArray().Select(value => (double)value)];
        double mean = values.Average();
        double largest = values.Max(Math.Abs);
        double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + Eps);
        for (int i = 0; i < x.Width; i++)
        {
            double factor = (weighted ? weight.Values[i] : 1) / deviation;
            double centred = (values[i] - mean) * factor;
            double expected = centred + (biased ? bias.Values[i] : 0);

            // The mean is off by its own roundings of numbers as large as the largest.
            double tolerance = (Math.Abs(centred) + Math.Abs(expected) + (largest * Math.Abs(factor))) * Roundings(x.Width);
            Close(expected, y.Values[i], tolerance, $"element {i} of {x.Width}");
        }
    }

    [Property(MaxTest = 300)]
    public void Softmax_sums_to_one_in_the_right_proportions(byte width, int seed, byte spread)
    {
        var x = FloatRow.Random(new Random(seed), width + 1, spread / 8.0);
        var y = SameOnEveryRung(x.Width, (kernels, to) =>
        {
            x.Values.CopyTo(to.Values);
            kernels.Softmax(to.Pointer, to.Width);
        });
        double max = x.Values.ToArray().Max();
        double sum = x.Values.ToArray().Sum(value => Math.Exp(value - max));
        for (int i = 0; i < x.Width; i++)
        {
            // The difference rounds once, and an exponential multiplies the error of its argument.
            double expected = Math.Exp(x.Values[i] - max) / sum;
            double tolerance = expected * (Roundings(x.Width) + ((2 + max - x.Values[i]) * Ulp)) + 2e-38;
            Close(expected, y.Values[i], tolerance, $"element {i} of {x.Width}");
        }
    }

    [Fact]
    public void Softmax_gives_masked_elements_no_share()
    {
        var y = SameOnEveryRung(3, (kernels, to) =>
        {
            new[] { float.NegativeInfinity, 5, float.NegativeInfinity }.CopyTo(to.Values);
            kernels.Softmax(to.Pointer, to.Width);
        });
        Assert.Equal([0, 1, 0], y.Values);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(33)]
    public void Softmax_of_a_row_that_is_masked_entirely_is_zero(int width)
    {
        var y = SameOnEveryRung(width, (kernels, to) =>
        {
            to.Values.Fill(float.NegativeInfinity);
            kernels.Softmax(to.Pointer, to.Width);
        });
        Assert.All(y.Values.ToArray(), value => Assert.Equal(0, value));
    }

    [Property(MaxTest = 300)]
    public void Sum_and_maximum_see_every_element(byte width, int seed)
    {
        var x = FloatRow.Random(new Random(seed), width + 1, 3);
        var y = SameOnEveryRung(2, (kernels, to) =>
        {
            to.Values[0] = kernels.Sum(x.Pointer, x.Width);
            to.Values[1] = kernels.Max(x.Pointer, x.Width);
        });
        Close(x.Values.ToArray().Sum(value => (double)value), y.Values[0], x.Values.ToArray().Sum(Math.Abs) * Roundings(x.Width), "sum");
        Assert.Equal(x.Values.ToArray().Max(), y.Values[1]);
    }

    [Property(MaxTest = 300)]
    public void ArgMax_finds_the_first_of_equals(ushort width, int seed, byte kinds)
    {
        var random = new Random(seed);
        var x = new FloatRow((width % 700) + 1);
        foreach (ref float value in x.Values)
            value = random.Next(kinds + 1) - 3;
        int expected = x.Values.IndexOf(x.Values.ToArray().Max());
        foreach (var kernels in KernelSet.Supported)
            Assert.Equal(expected, kernels.Elementwise.ArgMax(x.Pointer, x.Width));
    }

    [Fact]
    public void ArgMax_passes_over_what_is_not_a_number_and_answers_zero_for_nothing()
    {
        var x = new FloatRow(float.NaN, float.NegativeInfinity, 2, float.NaN, 2);
        var nothing = new FloatRow(float.NegativeInfinity, float.NegativeInfinity);
        foreach (var kernels in KernelSet.Supported)
        {
            Assert.Equal(2, kernels.Elementwise.ArgMax(x.Pointer, x.Width));
            Assert.Equal(0, kernels.Elementwise.ArgMax(nothing.Pointer, nothing.Width));
        }
    }

    [Fact]
    public void ArgMax_counts_exactly_over_a_large_vocabulary()
    {
        var x = new FloatRow(300_007);
        x.Values.Fill(-1);
        x.Values[299_993] = 1;
        x.Values[299_999] = 1;
        foreach (var kernels in KernelSet.Supported)
            Assert.Equal(299_993, kernels.Elementwise.ArgMax(x.Pointer, x.Width));
    }

    /// <summary>A relative bound: a sum of width terms in 16 lanes makes width / 16 + 4 roundings, the rest of a formula at most 6.</summary>
    private static double Roundings(int width) => ((width / 16.0) + 10) * Ulp / 2;
}
