using Hearth.Cli.Rendering;

namespace Hearth.Cli.Tests.Rendering;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(1023, "1023 B")]
    [InlineData(1024, "1.00 KiB")]
    [InlineData(5_800_672, "5.53 MiB")]
    [InlineData(long.MaxValue, "8388608.00 TiB")]
    public void Bytes_come_in_powers_of_1024(long bytes, string text) => Assert.Equal(text, Units.Bytes(bytes));

    [Theory]
    [InlineData(999, "999")]
    [InlineData(260_032, "260.03 K")]
    [InlineData(1_100_000_000, "1.10 B")]
    public void Counts_come_in_powers_of_1000(long count, string text) => Assert.Equal(text, Units.Count(count));

    [Fact]
    public void Times_and_rates_have_units()
    {
        Assert.Equal("12.3 ms", Units.Time(TimeSpan.FromMilliseconds(12.34)));
        Assert.Equal("4.57 s", Units.Time(TimeSpan.FromSeconds(4.567)));
        Assert.Equal("20.0 t/s", Units.Rate(10, TimeSpan.FromSeconds(0.5)));
        Assert.Equal("- t/s", Units.Rate(10, TimeSpan.Zero));
        Assert.Equal("59.3 GB/s", Units.Bandwidth(59.34e9));
        Assert.Equal("1 token", Units.Of(1, "token"));
        Assert.Equal("0 tokens", Units.Of(0, "token"));
    }
}
