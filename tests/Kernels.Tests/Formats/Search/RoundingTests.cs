using FsCheck.Xunit;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Tests.Formats.Search;

public sealed class RoundingTests
{
    private const int Count = 64;

    [Property]
    public void Half_away_from_zero_rounds_as_the_scalar_expression(int seed)
    {
        float[] x = Quarters(seed);
        var q = new byte[Count];
        Rounding.HalfAwayFromZero(x, 2, q);
        Assert.Equal(
            x.Select(value => (int)Math.Clamp(MathF.Round(value * 2, MidpointRounding.AwayFromZero), -127, 127)),
            q.Select(code => (int)(sbyte)code));
    }

    [Property]
    public void Half_up_cuts_as_the_scalar_expression(int seed, byte top)
    {
        float[] x = Quarters(seed);
        var q = new byte[Count];
        Rounding.HalfUp(x, -3.25f, 0.5f, 0.5f, top, q);
        Assert.Equal(x.Select(value => Math.Clamp((int)(((value + 3.25f) * 0.5f) + 0.5f), 0, top)), q.Select(code => (int)code));
    }

    [Property]
    public void Nearest_rounds_halves_to_even(int seed, byte top)
    {
        float[] x = Quarters(seed);
        var q = new byte[Count];
        Rounding.Nearest(x, 2, 0.5f, top, q);
        Assert.Equal(x.Select(value => (int)Math.Clamp(MathF.Round((value * 2) + 0.5f), 0, top)), q.Select(code => (int)code));
    }

    [Fact]
    public void What_no_code_can_hold_saturates()
    {
        float[] x = [.. Enumerable.Repeat(float.MaxValue, 8), .. Enumerable.Repeat(float.MinValue, 8)];
        var q = new byte[16];
        Rounding.Nearest(x, 10, 0, 15, q);
        Assert.Equal([.. Enumerable.Repeat((byte)15, 8), .. Enumerable.Repeat((byte)0, 8)], q);
    }

    /// <summary>Multiples of a quarter: many of the scaled values lie half-way between integers.</summary>
    private static float[] Quarters(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(_ => random.Next(-800, 800) * 0.25f)];
    }
}
