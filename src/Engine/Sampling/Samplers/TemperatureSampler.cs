using System.Numerics.Tensors;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling.Samplers;

/// <summary>
/// Divides the logits by a temperature; zero or less keeps only the best. With a range the temperature follows the entropy of the
/// distribution: from temperature - range (not below zero) for a certain choice to temperature + range for a uniform one, as
/// (entropy / ln n)^exponent, n the number of candidates (dynamic temperature, kalomaze's entropy sampling).
/// </summary>
internal sealed class TemperatureSampler(float temperature, float range, float exponent) : ISampler
{
    public void Apply(Candidates candidates, in SamplingStep step)
    {
        if (!(range > 0))
            Scale(candidates, temperature);
        else if (candidates.Count > 1)
            Scale(candidates, Dynamic(candidates));
    }

    public int? ListCapacity(int vocabularySize) => range > 0 ? vocabularySize : temperature > 0 ? null : 1;

    private float Dynamic(Candidates candidates)
    {
        float low = Math.Max(0, temperature - range);
        float high = Logits.Finite(temperature + range);
        candidates.Softmax();
        float largestEntropy = -(float)PortableMath.Log(1f / candidates.Count);
        float normalised = candidates.Entropy() / largestEntropy;

        // Rounding may take the entropy of equal candidates beyond the largest, and a great exponent would make infinity of that.
        return low + (high - low) * (float)PortableMath.Pow(Math.Clamp(normalised, 0, 1), exponent);
    }

    private static void Scale(Candidates candidates, float temperature)
    {
        // A temperature so small that the best logit overflows is the limit of small temperatures: the best alone.
        if (temperature <= 0 || !float.IsFinite(candidates.Max() / temperature))
        {
            candidates.KeepBest(1);
            return;
        }

        Span<float> logits = candidates.Logits;
        TensorPrimitives.Divide(logits, temperature, logits);
    }
}
