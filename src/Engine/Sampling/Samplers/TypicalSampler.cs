namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Locally typical sampling (Meister et al. 2022): keeps the tokens whose surprise is nearest to the distribution's entropy, until
/// their probabilities sum to more than p.
/// </summary>
internal sealed class TypicalSampler(float p, int minKeep) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
        candidates.Softmax();
        if (candidates.Probabilities.Contains(0))
            RankUncompared(candidates);
        else
            candidates.RankByTypicality(candidates.Entropy());

        float sum = 0;
        for (int rank = 0; rank < candidates.Count; rank++)
        {
            sum += candidates.Probabilities[candidates.IndexOfRank(rank)];
            if (sum > p && rank + 1 >= minKeep)
            {
                candidates.KeepRanked(rank + 1);
                return;
            }
        }
    }

    public int? ListCapacity(int vocabularySize) => vocabularySize;

    /// <summary>
    /// The order when a candidate has probability zero, which top_n_sigma's masked ones have. llama.cpp then computes 0 * ln 0, so the
    /// entropy and every distance to it are NaN, none is smaller than another, and the order is how its sort moves elements that
    /// never compare: the same tokens are kept here, since conformance with it is what this sampler is tested for.
    /// </summary>
    private static void RankUncompared(Candidates candidates) => Arrange(candidates.RankAllByLogit());

    // Introsort (libstdc++) under a comparison that is always false: ranges of at most 16 stay; a longer one has its middle swapped to
    // the front as the pivot, and the partition swaps every pair of the rest from both ends until it meets itself.
    private static void Arrange(Span<ulong> range)
    {
        while (range.Length > 16)
        {
            (range[0], range[range.Length / 2]) = (range[range.Length / 2], range[0]);
            range[1..].Reverse();
            int cut = 1 + (range.Length - 1) / 2;
            Arrange(range[cut..]);
            range = range[..cut];
        }
    }
}
