using System.Numerics.Tensors;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sampling;

/// <summary>
/// Logarithms of the model's own probabilities, before any sampler: what an application shows beside a text, or scores one with.
/// </summary>
public static class LogProbabilities
{
    /// <summary>
    /// The logarithm of the sum of e^logit, in double precision: subtract it from a logit for the token's log-probability.
    /// </summary>
    /// <param name="logits">[vocabulary] logits; minus infinity has probability zero.</param>
    /// <exception cref="SamplingException">A logit is NaN or plus infinity, or all are minus infinity.</exception>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        float max = logits.IsEmpty ? float.NegativeInfinity : TensorPrimitives.Max(logits);
        if (!float.IsFinite(max))
            throw new SamplingException(FormattableString.Invariant($"The largest logit is {max}; a distribution needs a finite one."));

        Span<float> block = stackalloc float[1024];
        double sum = 0;
        while (!logits.IsEmpty)
        {
            int count = Math.Min(block.Length, logits.Length);
            sum += PortableMath.Exp(logits[..count], max, block);
            logits = logits[count..];
        }

        return max + PortableMath.Log(sum);
    }

    /// <summary>The most probable tokens with the logarithms of their probabilities, best first, ties by id.</summary>
    /// <param name="logits">[vocabulary] logits.</param>
    /// <param name="top">Receives as many as fit. Up to 1024 nothing is allocated.</param>
    /// <returns>The number written.</returns>
    /// <exception cref="SamplingException">A logit is NaN or plus infinity, or all are minus infinity.</exception>
    public static int Top(ReadOnlySpan<float> logits, Span<TokenLogProbability> top)
    {
        double logSum = LogSumExp(logits);
        int count = Math.Min(top.Length, logits.Length);
        Span<ulong> keys = count <= 1024 ? stackalloc ulong[count] : new ulong[count];
        PartialOrder.Largest(logits, keys);
        for (int i = 0; i < count; i++)
        {
            int token = RankKey.Id(keys[i]);
            top[i] = new TokenLogProbability(token, (float)(logits[token] - logSum));
        }

        return count;
    }
}
