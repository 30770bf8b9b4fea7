using Hearth.Engine.Sampling;

namespace Hearth.Engine.Evaluation;

/// <summary>
/// How surprised a model is by a text: e to the mean of -log p of the tokens that came. A model that guesses evenly among n tokens
/// has the perplexity n.
/// </summary>
public sealed class PerplexityMeter
{
    private double sum;
    private double squares;

    /// <summary>Guesses so far.</summary>
    public long Count { get; private set; }

    /// <summary>The perplexity; NaN without guesses.</summary>
    public double Value => Math.Exp(sum / Count);

    /// <summary>The standard error of <see cref="Value"/>; NaN with fewer than two guesses.</summary>
    public double Uncertainty
    {
        get
        {
            double mean = sum / Count;
            double variance = Math.Max((squares / Count) - (mean * mean), 0);
            return Value * Math.Sqrt(variance / (Count - 1));
        }
    }

    /// <summary>Adds a guess.</summary>
    /// <param name="logits">Its logits.</param>
    /// <param name="next">The token that came.</param>
    /// <returns>The logarithm of that token's probability.</returns>
    /// <exception cref="SamplingException">The logits are no distribution.</exception>
    public double Add(ReadOnlySpan<float> logits, int next)
    {
        double logProbability = logits[next] - LogProbabilities.LogSumExp(logits);
        Add(logProbability);
        return logProbability;
    }

    /// <summary>Adds a guess of which the logarithm of the probability is known.</summary>
    public void Add(double logProbability)
    {
        sum -= logProbability;
        squares += logProbability * logProbability;
        Count++;
    }
}
