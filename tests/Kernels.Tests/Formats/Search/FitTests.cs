using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class FitTests
{
    private const int Count = 32;

    /// <summary>Losses are compared in float by the search; what it loses to rounding is far below this part.</summary>
    private const double Slack = 1 + 1e-4;

    [Property]
    public void A_symmetric_fit_loses_no_more_than_the_obvious_scale(int seed)
    {
        (float[] x, float[] w) = Values(seed);
        foreach (int zero in new[] { 4, 8, 16, 32 })
        {
            float scale = SymmetricFit.Scale(x, w, new IntegerCodes(-zero, zero - 1));
            double obvious = SymmetricLoss(x, w, Extremes.Signed(x) / -zero, zero);
            Assert.True(SymmetricLoss(x, w, scale, zero) <= obvious * Slack);
        }
    }

    [Property]
    public void A_line_loses_no_more_than_the_one_through_least_and_greatest(int seed)
    {
        (float[] x, float[] w) = Values(seed);
        foreach (int top in new[] { 3, 15, 31 })
        {
            (float scale, float minimum) = AffineFit.Line(x, w, top);
            (float min, float max) = (MathF.Min(x.Min(), 0), x.Max());
            Assert.True(minimum >= 0);
            Assert.True(AffineLoss(x, w, scale, minimum, top) <= AffineLoss(x, w, (max - min) / top, -min, top) * Slack);
        }
    }

    [Property]
    public void A_scale_that_can_be_stored_is_the_best_of_its_neighbours(int seed, byte steps)
    {
        (float[] x, float[] w) = Values(seed);
        (float scale, float minimum) = AffineFit.Line(x, w, 15);
        float step = scale / (1 + (steps % 63));

        (int multiple, float best) = AffineFit.Snap(x, w, 15, step, 63, scale, minimum);

        double loss = AffineLoss(x, w, multiple * step, best, 15);
        Assert.InRange(multiple, 0, 63);
        Assert.True(best >= 0);
        Assert.True(loss <= AffineLoss(x, w, (1 + (steps % 63)) * step, minimum, 15) * Slack);
    }

    [Property]
    public void Values_that_are_codes_times_a_scale_are_fitted_exactly(int seed)
    {
        var random = new Random(seed);
        float scale = 0.01f + random.NextSingle();
        float[] codes = [-8, .. Enumerable.Range(0, Count - 1).Select(_ => (float)random.Next(-8, 8))];
        float[] w = [.. Enumerable.Range(0, Count).Select(_ => 0.1f + random.NextSingle())];

        float found = SymmetricFit.Scale([.. codes.Select(code => code * scale)], w, new IntegerCodes(-8, 7));

        Assert.Equal(scale, found, scale * 1e-6f);
    }

    [Fact]
    public void Zeros_have_no_scale()
    {
        var zeros = new float[Count];
        float[] ones = [.. Enumerable.Repeat(1f, Count)];
        Assert.Equal(0, SymmetricFit.Scale(zeros, ones, new IntegerCodes(-8, 7)));
        Assert.Equal((0, 0), AffineFit.Line(zeros, ones, 15));
    }

    [Fact]
    public void Equal_negative_values_are_a_minimum_alone()
    {
        float[] x = [.. Enumerable.Repeat(-2.5f, Count)], w = [.. Enumerable.Repeat(1f, Count)];
        (float scale, float minimum) = AffineFit.Line(x, w, 15);
        Assert.Equal(0, AffineLoss(x, w, scale, minimum, 15), 1e-10);
    }

    private static (float[] X, float[] W) Values(int seed)
    {
        float[] x = seed % 2 == 0 ? Samples.Gaussian(seed, Count) : Samples.HeavyTailed(seed, Count);
        float shift = seed % 3 * 0.1f;
        var random = new Random(seed);
        return ([.. x.Select(value => value + shift)], [.. x.Select(_ => 0.01f + random.NextSingle())]);
    }

    private static double SymmetricLoss(float[] x, float[] w, float scale, int zero)
        => Enumerable.Range(0, x.Length).Sum(i =>
            w[i] * Math.Pow(x[i] - ((double)scale * Math.Clamp(Math.Round(x[i] / (double)scale), -zero, zero - 1)), 2));

    private static double AffineLoss(float[] x, float[] w, float scale, float minimum, int top)
        => Enumerable.Range(0, x.Length).Sum(i =>
        {
            double code = scale == 0 ? 0 : Math.Clamp(Math.Round((x[i] + (double)minimum) / scale), 0, top);
            return w[i] * Math.Pow(x[i] - (((double)scale * code) - minimum), 2);
        });
}
