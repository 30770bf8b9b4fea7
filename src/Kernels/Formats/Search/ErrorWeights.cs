using System.Numerics.Tensors;

namespace Hearth.Kernels.Formats.Search;

/// <summary>How much the squared error of each value of a block counts when scales are searched.</summary>
internal static class ErrorWeights
{
    /// <summary>
    /// The importance of each column, which makes the loss the expected squared error of a product with activations; without
    /// importance <c>|x| + sqrt(mean(x²))</c>, because large weights have been found to matter somewhat more.
    /// </summary>
    /// <param name="x">A block's values.</param>
    /// <param name="importance">
    /// As many, or empty. None is taken as less than a millionth of their mean: columns that no sample ever used still get a scale of
    /// their own. Where one is negative or not finite, all count alike.
    /// </param>
    /// <param name="w">Receives as many weights.</param>
    internal static void Fill(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, Span<float> w)
    {
        if (importance.IsEmpty)
        {
            TensorPrimitives.Abs(x, w);
            TensorPrimitives.Add(w, MathF.Sqrt(Sums.OfSquares(x) / x.Length), w);
            return;
        }

        float floor = Sums.Of(importance) / importance.Length * 1e-6f;
        if (floor > 0 && float.IsFinite(floor) && TensorPrimitives.Min(importance) >= 0)
            TensorPrimitives.Max(importance, floor, w);
        else
            w.Fill(1);
    }
}
