using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Finds the scale <c>d</c> of <c>x ≈ d * v</c>, <c>v</c> one of a code's numbers, that loses least in weighted squares.
/// </summary>
/// <remarks>
/// As in <see cref="AffineFit"/>, sixteen steps around the obvious one are tried, one a lane. For given codes the best scale is
/// <c>Σwxv / Σwv²</c>, and it takes <c>(Σwxv)² / Σwv²</c> off the loss.
/// </remarks>
internal static class SymmetricFit
{
    /// <summary>The scale; zero where all values are.</summary>
    internal static float Scale<TCodes>(ReadOnlySpan<float> x, ReadOnlySpan<float> w, TCodes codes)
        where TCodes : struct, ICodes
    {
        float inverseExtreme = 1 / Extremes.Signed(x);
        if (!float.IsFinite(inverseExtreme))
            return 0;

        Vector512<float> inverse = codes.Targets * inverseExtreme;
        (Vector512<float> scale, Vector512<float> loss) = Fit(x, w, inverse, codes);
        for (int turn = 0; turn < TCodes.Turns; turn++)
        {
            (Vector512<float> nextScale, Vector512<float> nextLoss) = Fit(x, w, Vector512<float>.One / scale, codes);
            Vector512<float> isBetter = Vector512.LessThan(nextLoss, loss);
            scale = Vector512.ConditionalSelect(isBetter, nextScale, scale);
            loss = Vector512.ConditionalSelect(isBetter, nextLoss, loss);
        }

        int lane = Lanes.IndexOfLeast(loss);
        return lane < 0 ? 0 : scale[lane];
    }

    /// <summary>
    /// The best scale for the numbers nearest to <c>x * inverse</c>; the loss lacks <c>Σwx²</c>, which all candidates share.
    /// </summary>
    private static (Vector512<float> Scale, Vector512<float> Loss) Fit<TCodes>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, Vector512<float> inverse, TCodes codes)
        where TCodes : struct, ICodes
    {
        Vector512<float> sumWxv = Vector512<float>.Zero, sumWvv = Vector512<float>.Zero;
        w = w[..x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            Vector512<float> number = codes.Nearest(inverse * x[i]);
            Vector512<float> weighted = number * w[i];
            sumWxv = Vector512.FusedMultiplyAdd(weighted, Vector512.Create(x[i]), sumWxv);
            sumWvv = Vector512.FusedMultiplyAdd(weighted, number, sumWvv);
        }

        Vector512<float> scale = sumWxv / sumWvv;
        return (scale, -(scale * sumWxv));
    }
}
