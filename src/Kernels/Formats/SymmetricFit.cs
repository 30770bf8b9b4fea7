using System.Numerics;
using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats;

/// <summary>Finds the scale <c>d</c> of <c>x ≈ d * q</c>, <c>q</c> a small integer, that loses least in weighted squares.</summary>
/// <remarks>
/// Rounding makes the loss jagged in <c>d</c>, so a row of steps around the obvious one is tried. One vector lane holds one
/// candidate and the elements pass by one after another: sums have the same order, and results the same bits, at every width.
/// For given codes the best scale is <c>Σwxq / Σwq²</c>, and it takes <c>(Σwxq)² / Σwq²</c> off the loss.
/// </remarks>
internal static class SymmetricFit
{
    private const int Candidates = 16;

    /// <summary>The extreme value lies on the last code, or up to this many codes off it.</summary>
    private const float Reach = 0.9f;

    /// <summary>The scale for codes from <paramref name="low"/> to <paramref name="high"/>; zero where all values are.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="low">Least code; if it is zero, so is the least value.</param>
    /// <param name="high">Greatest code.</param>
    [SkipLocalsInit]
    internal static float Scale(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int low, int high)
    {
        float extreme = Extremes.Signed(x);
        float inverseExtreme = 1 / extreme;
        if (!float.IsFinite(inverseExtreme))
            return 0;

        Span<float> inverses = stackalloc float[Candidates];
        float last = low < 0 ? low : high;
        for (int c = 0; c < Candidates; c++)
            inverses[c] = (last + (Reach * ((2f * c / (Candidates - 1)) - 1))) * inverseExtreme;

        Span<float> productSums = stackalloc float[Candidates];
        Span<float> squareSums = stackalloc float[Candidates];
        for (int c = 0; c < Candidates; c += Vector<float>.Count)
        {
            Sum(x, w, new Vector<float>(inverses[c..]), low, high, out Vector<float> products, out Vector<float> squares);
            products.CopyTo(productSums[c..]);
            squares.CopyTo(squareSums[c..]);
        }

        float gain = 0, scale = 0;
        for (int c = 0; c < Candidates; c++)
        {
            float candidate = productSums[c] / squareSums[c];
            if (candidate * productSums[c] > gain)
            {
                gain = candidate * productSums[c];
                scale = candidate;
            }
        }

        return scale;
    }

    private static void Sum(
        ReadOnlySpan<float> x,
        ReadOnlySpan<float> w,
        Vector<float> inverse,
        float low,
        float high,
        out Vector<float> products,
        out Vector<float> squares)
    {
        Vector<float> productSum = Vector<float>.Zero, squareSum = Vector<float>.Zero;
        Vector<float> least = Vector.Create(low), greatest = Vector.Create(high);
        w = w[..x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            Vector<float> q = Vector.ClampNative(Vector.Round(inverse * x[i]), least, greatest);
            Vector<float> wq = q * w[i];
            productSum = Vector.FusedMultiplyAdd(wq, Vector.Create(x[i]), productSum);
            squareSum = Vector.FusedMultiplyAdd(wq, q, squareSum);
        }

        products = productSum;
        squares = squareSum;
    }
}
