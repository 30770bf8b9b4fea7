namespace Hearth.Engine.Sampling.Samplers;

/// <summary>Keeps the k best tokens (Fan et al., Hierarchical Neural Story Generation, 2018), ties by id.</summary>
internal sealed class TopKSampler(int k) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step) => candidates.KeepBest(k);

    public int? ListCapacity(int vocabularySize) => k < vocabularySize ? k : null;
}
