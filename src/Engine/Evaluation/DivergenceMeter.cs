using System.Numerics.Tensors;
using Hearth.Engine.Sampling;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Evaluation;

/// <summary>How far a model's guesses are from those of a base model, such as a quantised model's from the original's.</summary>
public sealed class DivergenceMeter
{
    /// <summary>Tokens less probable than e to this add nothing that counts; files of logits end there as well.</summary>
    private const float LeastLogProbability = -16;

    private readonly List<double> divergences = [];
    private double shiftSquares;
    private double shiftSum;
    private long sameTop;

    /// <summary>Guesses so far.</summary>
    public int Count => divergences.Count;

    /// <summary>The base model's own perplexity.</summary>
    public PerplexityMeter Base { get; } = new();

    /// <summary>The other model's perplexity.</summary>
    public PerplexityMeter Model { get; } = new();

    /// <summary>Mean of the Kullback-Leibler divergence from the base, in nats.</summary>
    public double Mean => divergences.Count == 0 ? double.NaN : divergences.Average();

    /// <summary>Standard error of <see cref="Mean"/>.</summary>
    public double Uncertainty
    {
        get
        {
            double mean = Mean;
            return Math.Sqrt(divergences.Sum(value => (value - mean) * (value - mean)) / Count / Math.Max(Count - 1, 1));
        }
    }

    /// <summary>The greatest divergence.</summary>
    public double Maximum => divergences.Count == 0 ? double.NaN : divergences.Max();

    /// <summary>The share of guesses whose most probable token is the base's.</summary>
    public double SameTop => sameTop / (double)Count;

    /// <summary>Root of the mean squared difference of the true token's probability.</summary>
    public double RootMeanSquareShift => Math.Sqrt(shiftSquares / Count);

    /// <summary>Mean difference of the true token's probability: below zero where the model knows less than the base.</summary>
    public double MeanShift => shiftSum / Count;

    /// <summary>The divergence below which a share of all lies, such as 0.5 for the median.</summary>
    public double Quantile(double share)
    {
        if (divergences.Count == 0)
            return double.NaN;
        double[] sorted = [.. divergences];
        Array.Sort(sorted);
        double at = share * (sorted.Length - 1);
        int below = (int)at;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((at - below) * (sorted[above] - sorted[below]));
    }

    /// <summary>Adds a guess.</summary>
    /// <param name="baseLogProbabilities">Logarithms of the base's probabilities.</param>
    /// <param name="logits">The model's logits.</param>
    /// <param name="next">The token that came.</param>
    /// <exception cref="SamplingException">The logits are no distribution.</exception>
    public void Add(ReadOnlySpan<float> baseLogProbabilities, ReadOnlySpan<float> logits, int next)
    {
        double logSum = LogProbabilities.LogSumExp(logits);
        double divergence = 0;
        for (int i = 0; i < logits.Length; i++)
        {
            float logBase = baseLogProbabilities[i];
            if (logBase > LeastLogProbability)
                divergence += PortableMath.Exp(logBase) * (logBase - (logits[i] - logSum));
        }

        divergences.Add(divergence);
        double own = logits[next] - logSum;
        double shift = PortableMath.Exp(own) - PortableMath.Exp(baseLogProbabilities[next]);
        shiftSum += shift;
        shiftSquares += shift * shift;
        if (TensorPrimitives.IndexOfMax(logits) == TensorPrimitives.IndexOfMax(baseLogProbabilities))
            sameTop++;
        Base.Add(baseLogProbabilities[next]);
        Model.Add(own);
    }
}
