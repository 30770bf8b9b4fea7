using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class ErrorWeightsTests
{
    private const int Count = 32;

    [Property]
    public void Importance_is_the_weight_and_never_nothing(int seed)
    {
        float[] x = Samples.Gaussian(seed, Count), w = new float[Count];
        float[] importance = [.. Samples.Gaussian(seed + 1, Count).Select(MathF.Abs)];
        importance[seed & 31] = 0;

        ErrorWeights.Fill(x, importance, w);

        float floor = importance.Average() * 1e-6f;
        Assert.All(importance.Zip(w), pair => Assert.Equal(MathF.Max(pair.First, floor), pair.Second, floor * 0.01f));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(-1f)]
    public void Where_one_importance_is_damaged_all_values_count_alike(float damaged)
    {
        float[] importance = [.. Enumerable.Repeat(0.5f, Count - 1), damaged], w = new float[Count];
        ErrorWeights.Fill(Samples.Gaussian(1, Count), importance, w);
        Assert.All(w, weight => Assert.Equal(1, weight));
    }

    [Fact]
    public void Columns_that_were_never_used_count_alike()
    {
        float[] w = new float[Count];
        ErrorWeights.Fill(Samples.Gaussian(1, Count), new float[Count], w);
        Assert.All(w, weight => Assert.Equal(1, weight));
    }

    [Property]
    public void Without_importance_large_values_count_more(int seed)
    {
        float[] x = Samples.Gaussian(seed, Count), w = new float[Count];
        ErrorWeights.Fill(x, default, w);
        float deviation = MathF.Sqrt(x.Average(value => value * value));
        Assert.All(x.Zip(w), pair => Assert.Equal(MathF.Abs(pair.First) + deviation, pair.Second, 1e-6f));
    }
}
