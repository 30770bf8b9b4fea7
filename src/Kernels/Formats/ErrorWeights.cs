using System.Numerics.Tensors;

namespace Hearth.Kernels.Formats;

/// <summary>How much the squared error of each value of a block counts when scales are searched.</summary>
internal static class ErrorWeights
{
    /// <summary><c>w = importance</c>.</summary>
    /// <remarks>
    /// No importance is taken as less than a millionth of the block's mean: columns that no sample ever used still get a scale of
    /// their own. Damaged importances (negative, not finite) make all count alike.
    /// </remarks>
    internal static void FromImportance(ReadOnlySpan<float> importance, Span<float> w)
    {
        float mean = TensorPrimitives.Sum(importance) / importance.Length;
        float floor = mean * 1e-6f;
        if (floor > 0 && float.IsFinite(mean) && TensorPrimitives.Min(importance) >= 0)
            TensorPrimitives.Max(importance, floor, w);
        else
            w.Fill(1);
    }

    /// <summary>
    /// <c>w = importance * sqrt(2 * mean(x²) + x²)</c>: large values count a little more than the activations alone would say.
    /// </summary>
    internal static void FromImportance(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<float> w)
    {
        FromImportance(importance, w);
        float variance = 2 * TensorPrimitives.SumOfSquares(x) / x.Length;
        for (int i = 0; i < x.Length; i++)
            w[i] *= MathF.Sqrt(variance + (x[i] * x[i]));
    }

    /// <summary><c>w = x²</c>.</summary>
    internal static void Squares(ReadOnlySpan<float> x, Span<float> w) => TensorPrimitives.Multiply(x, x, w);

    /// <summary><c>w = |x| + sqrt(mean(x²))</c>.</summary>
    internal static void Magnitudes(ReadOnlySpan<float> x, Span<float> w)
    {
        float deviation = MathF.Sqrt(TensorPrimitives.SumOfSquares(x) / x.Length);
        TensorPrimitives.Abs(x, w);
        TensorPrimitives.Add(w, deviation, w);
    }
}
