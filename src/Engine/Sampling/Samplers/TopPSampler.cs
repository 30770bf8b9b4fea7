namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Nucleus sampling (Holtzman et al., The Curious Case of Neural Text Degeneration, 2020): keeps the best tokens until their
/// probabilities sum to p, at least one and at least <c>min_keep</c>.
/// </summary>
internal sealed class TopPSampler(float p, int minKeep) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
        candidates.Softmax();
        candidates.RankByLogit();
        float sum = 0;
        for (int rank = 0; rank < candidates.Count; rank++)
        {
            sum += candidates.Probabilities[candidates.IndexOfRank(rank)];
            if (sum >= p && rank + 1 >= minKeep)
            {
                candidates.KeepRanked(rank + 1);
                return;
            }
        }
    }

    public int? ListCapacity(int vocabularySize) => vocabularySize;
}
