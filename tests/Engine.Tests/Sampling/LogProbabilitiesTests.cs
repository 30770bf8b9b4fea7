using FsCheck.Xunit;
using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

[Properties(Arbitrary = [typeof(LogitVector.Arbitraries)])]
public sealed class LogProbabilitiesTests
{
    [Property]
    public void Top_gives_the_best_tokens_and_their_log_probabilities(LogitVector logits, byte wanted)
    {
        var top = new TokenLogProbability[wanted];
        int count = LogProbabilities.Top(logits.Values, top);

        Assert.Equal(Math.Min(wanted, logits.Values.Length), count);
        Assert.Equal(logits.BestFirst.Take(count), top.Take(count).Select(entry => entry.Token));
        double[] probabilities = logits.Probabilities;
        Assert.All(top.Take(count), entry => Assert.Equal(Math.Log(probabilities[entry.Token]), entry.LogProbability, 1e-4));
    }

    [Fact]
    public void The_sum_over_many_blocks_is_exact_enough() =>
        Assert.Equal(3 + Math.Log(100_000), LogProbabilities.LogSumExp([.. Enumerable.Repeat(3f, 100_000)]), 1e-12);

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Without_a_distribution_there_is_an_error(float only) =>
        Assert.Throws<SamplingException>(() => LogProbabilities.LogSumExp([only]));
}
