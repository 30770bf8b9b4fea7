using FsCheck.Xunit;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats;

/// <summary>
/// How far a decoded value may be from its original where the encoder's rule says so: half a step, and what the scale lost as a
/// half.
/// </summary>
public sealed class ErrorBoundTests
{
    private const float HalfEpsilon = 1f / 2048;

    [Property]
    public void Q8_0_is_off_by_half_a_step(int seed) => AssertBound<Q8_0>(seed, x => Extremes.Magnitude(x) / 127, 127);

    // The last code on the side away from the extreme lies a whole step short of it.
    [Property]
    public void Q4_0_is_off_by_a_step(int seed) => AssertBound<Q4_0>(seed, x => 2 * Extremes.Magnitude(x) / 8, 8);

    [Property]
    public void Q5_0_is_off_by_a_step(int seed) => AssertBound<Q5_0>(seed, x => 2 * Extremes.Magnitude(x) / 16, 16);

    [Property]
    public void Q4_1_is_off_by_half_a_step(int seed) => AssertBound<Q4_1>(seed, x => (x.Max() - x.Min()) / 15, 30);

    [Property]
    public void Q5_1_is_off_by_half_a_step(int seed) => AssertBound<Q5_1>(seed, x => (x.Max() - x.Min()) / 31, 62);

    [Property]
    public void TQ2_0_is_off_by_half_the_largest_magnitude(int seed) => AssertBound<TQ2_0>(seed, x => Extremes.Magnitude(x), 1);

    [Property]
    public void F16_keeps_eleven_bits(int seed)
        => AssertEach<F16>(seed, (x, decoded) => MathF.Abs(x - decoded) <= MathF.Abs(x) * HalfEpsilon);

    [Property]
    public void BF16_keeps_eight_bits(int seed)
        => AssertEach<BF16>(seed, (x, decoded) => MathF.Abs(x - decoded) <= MathF.Abs(x) / 256);

    private static void AssertBound<TFormat>(int seed, Func<float[], float> step, int codes)
        where TFormat : struct, IWeightFormat
    {
        float[] x = Samples.HeavyTailed(seed, TFormat.BlockWeights);
        float width = step(x), bound = (width * 0.5f) + (codes * width * HalfEpsilon) + 1e-6f;
        AssertEach<TFormat>(seed, (value, decoded) => MathF.Abs(value - decoded) <= bound);
    }

    private static void AssertEach<TFormat>(int seed, Func<float, float, bool> holds)
        where TFormat : struct, IWeightFormat
    {
        float[] x = Samples.HeavyTailed(seed, TFormat.BlockWeights), decoded = new float[x.Length];
        var block = new byte[TFormat.BlockBytes];
        TFormat.Encode(x, default, block);
        TFormat.Decode(block, decoded);
        Assert.All(x.Zip(decoded), pair => Assert.True(holds(pair.First, pair.Second), $"{pair.First} became {pair.Second}."));
    }
}
