namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Exclude top choices (p-e-w, text-generation-webui pull request 6335): with the given probability, drops all tokens at or above the
/// threshold but the least likely of them.
/// </summary>
internal sealed class XtcSampler(float probability, float threshold, int minKeep) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
        if (CounterRandom.Uniform(step.Seed, step.Position, RandomStream.Xtc) >= probability)
            return;

        candidates.Softmax();
        ReadOnlySpan<float> probabilities = candidates.Probabilities;
        ReadOnlySpan<float> logits = candidates.Logits;
        int qualifying = 0;
        int leastLikely = -1;
        for (int i = 0; i < probabilities.Length; i++)
        {
            if (!Qualifies(probabilities[i]))
                continue;
            qualifying++;
            if (leastLikely < 0 || RankKey.LargestFirst(logits[i], candidates.Id(i))
                > RankKey.LargestFirst(logits[leastLikely], candidates.Id(leastLikely)))
            {
                leastLikely = i;
            }
        }

        if (qualifying >= 2 && candidates.Count - (qualifying - 1) >= minKeep)
            candidates.DropProbable(threshold, leastLikely);

        // A masked token must never be the one that is spared, whatever the threshold.
        bool Qualifies(float p) => p >= threshold && p > 0;
    }

    public int? ListCapacity(int vocabularySize) => vocabularySize;
}
