namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Masks the logits more than n standard deviations below the largest (Tang et al., Top-n-sigma: Not All Logits Are You Need, 2024).
/// Mean and deviation (of the population) are those of the logits that are not masked already.
/// </summary>
internal sealed class TopNSigmaSampler(float n) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
        if (candidates.Count <= 1)
            return;

        Span<float> logits = candidates.Logits;
        double sum = 0;
        int count = 0;
        foreach (float logit in logits)
        {
            if (!float.IsNegativeInfinity(logit))
            {
                sum += logit;
                count++;
            }
        }

        float mean = (float)(sum / count);
        double squares = 0;
        foreach (float logit in logits)
        {
            if (!float.IsNegativeInfinity(logit))
                squares += (double)(logit - mean) * (logit - mean);
        }

        float bound = candidates.Max() - n * (float)Math.Sqrt(squares / count);
        foreach (ref float logit in logits)
        {
            if (logit < bound)
                logit = float.NegativeInfinity;
        }
    }

    public int? ListCapacity(int vocabularySize) => null;
}
