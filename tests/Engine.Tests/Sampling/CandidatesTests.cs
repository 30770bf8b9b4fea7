using Hearth.Engine.Sampling;

namespace Hearth.Engine.Tests.Sampling;

public sealed class CandidatesTests
{
    private const int Many = 20_000;

    [Fact]
    public void Ranks_are_found_in_order_however_many_are_asked_for()
    {
        float[] logits = Flat(Many);
        var candidates = new Candidates(Many, Many);
        candidates.Load(logits);
        candidates.RankByLogit();
        Assert.Equal(BestFirst(logits), Enumerable.Range(0, Many).Select(candidates.IndexOfRank));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(Many)]
    public void The_first_ranks_are_kept_best_first(int count)
    {
        float[] logits = Flat(Many);
        var candidates = new Candidates(Many, Many);
        candidates.Load(logits);
        candidates.RankByLogit();
        for (int rank = 0; rank < count; rank++)
            candidates.IndexOfRank(rank);

        candidates.KeepRanked(count);

        Assert.Equal(BestFirst(logits).Take(count), Enumerable.Range(0, count).Select(candidates.Id));
        Assert.Equal(BestFirst(logits).Take(count).Select(i => logits[i]), candidates.Logits.ToArray());
        Assert.False(candidates.IsDense);
    }

    [Fact]
    public void Softmax_sums_to_one_over_a_large_vocabulary()
    {
        var candidates = new Candidates(Many, Many);
        candidates.Load(Flat(Many));
        candidates.Softmax();
        Assert.Equal(1, candidates.Probabilities.ToArray().Sum(p => (double)p), 1e-6);
    }

    [Fact]
    public void Entropy_of_a_uniform_distribution_is_the_logarithm_of_its_size()
    {
        var candidates = new Candidates(1000, 1000);
        candidates.Load(new float[1000]);
        candidates.Softmax();
        Assert.Equal(Math.Log(1000), candidates.Entropy(), 1e-5);
    }

    private static float[] Flat(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2000) / 1000f)];
    }

    private static int[] BestFirst(float[] logits) =>
        [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => logits[i]).ThenBy(i => i)];
}
