using Hearth.Perf.EndToEnd.Synthetic;

namespace Hearth.Engine.Tests.Synthetic;

public sealed class RopeDivisorsTests
{
    [Fact]
    public void Short_waves_stay_long_ones_are_stretched_and_a_ramp_lies_between()
    {
        var divisors = RopeDivisors.Llama3(64, 500000);

        Assert.Equal(32, divisors.Length);
        Assert.Equal(1, divisors[0]);
        Assert.Equal(32, divisors[^1]);
        Assert.Equal(divisors.Order(), divisors);
        Assert.Contains(divisors, divisor => divisor is > 1 and < 32);
    }
}
