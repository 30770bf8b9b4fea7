using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

public sealed class CounterRandomTests
{
    /// <summary>The known answers that the authors publish with their library (Random123, kat_vectors).</summary>
    [Theory]
    [InlineData(0, 0, 0, 0, 0, 0, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(
        0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(
        0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void Philox_gives_the_published_answers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), CounterRandom.Philox(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Uniform_is_the_top_53_bits_of_the_first_two_words() =>
        Assert.Equal(
            (0xe169c58d6627e8d5 >> 11) / (double)(1UL << 53),
            CounterRandom.Uniform(seed: 0, position: 0, RandomStream.Draw));

    [Fact]
    public void Seed_position_and_stream_all_count_in_all_their_bits()
    {
        double[] numbers =
        [
            CounterRandom.Uniform(0, 0, RandomStream.Draw),
            CounterRandom.Uniform(1, 0, RandomStream.Draw),
            CounterRandom.Uniform(1UL << 32, 0, RandomStream.Draw),
            CounterRandom.Uniform(0, 1, RandomStream.Draw),
            CounterRandom.Uniform(0, 1UL << 32, RandomStream.Draw),
            CounterRandom.Uniform(0, 0, RandomStream.Redraw),
            CounterRandom.Uniform(0, 0, RandomStream.Xtc),
        ];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
    }

    [Fact]
    public void Neighbouring_positions_spread_evenly_over_sixteen_bins()
    {
        const int Draws = 1 << 16;
        var bins = new int[16];
        for (ulong position = 0; position < Draws; position++)
            bins[(int)(CounterRandom.Uniform(42, position, RandomStream.Draw) * bins.Length)]++;

        // A fixed seed gives fixed counts; five standard deviations of a binomial count bound them.
        double deviation = Math.Sqrt(Draws * (1 / 16.0) * (15 / 16.0));
        Assert.All(bins, count => Assert.InRange(count, Draws / 16 - 5 * deviation, Draws / 16 + 5 * deviation));
    }
}
