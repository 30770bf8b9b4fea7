using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>Sums in one fixed shape of eight lanes, so that encoded bytes are the same on every machine.</summary>
internal static class Sums
{
    /// <summary>The sum of a whole number of eights.</summary>
    internal static float Of(ReadOnlySpan<float> x)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
            sum += Vector256.Create(x[i..]);
        return Lanes.Sum(sum);
    }

    /// <summary>The sum of the squares of a whole number of eights.</summary>
    internal static float OfSquares(ReadOnlySpan<float> x) => OfProducts(x, x);

    /// <summary>The sum of the products of a whole number of eights.</summary>
    internal static float OfProducts(ReadOnlySpan<float> x, ReadOnlySpan<float> y)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
            sum += Vector256.Create(x[i..]) * Vector256.Create(y[i..]);
        return Lanes.Sum(sum);
    }
}
