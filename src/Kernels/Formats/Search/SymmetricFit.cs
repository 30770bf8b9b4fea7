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
    /// <summary>What floats cannot tell apart among the losses of a group.</summary>
    private const float Noise = 1e-6f;

    /// <summary>
    /// The scale; zero where all values are. Of several that are as good, the one nearest to the obvious one, so that groups that are
    /// alike have scales that are alike.
    /// </summary>
    internal static float Scale<TCodes>(ReadOnlySpan<float> x, ReadOnlySpan<float> w, TCodes codes)
        where TCodes : struct, ICodes
    {
        (Vector512<float> scales, Vector512<float> losses) = Search(x, w, codes);
        int lane = Lanes.IndexOfLeast(losses, Noise, Candidates.Center);
        return lane < 0 ? 0 : scales[lane];
    }

    /// <summary>As <see cref="Scale"/>, but the best of what halves can store: where codes fit exactly, its rounding is all that is lost.</summary>
    internal static float HalfScale<TCodes>(ReadOnlySpan<float> x, ReadOnlySpan<float> w, TCodes codes)
        where TCodes : struct, ICodes
    {
        Vector512<float> scales = ScaleHalf.Nearest(Search(x, w, codes).Scales);
        int lane = Lanes.IndexOfLeast(Loss(x, w, scales, codes), 0, Candidates.Center);
        return lane < 0 ? 0 : scales[lane];
    }

    /// <summary><c>Σw(x - d v)²</c>, <c>v</c> the number nearest to <c>x / d</c>, for sixteen scales.</summary>
    internal static Vector512<float> Loss<TCodes>(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Vector512<float> scales, TCodes codes)
        where TCodes : struct, ICodes
    {
        Vector512<float> inverse = ScaleHalf.Inverse(scales), loss = Vector512<float>.Zero;
        w = w[..x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            Vector512<float> value = Vector512.Create(x[i]);
            Vector512<float> error = Vector512.FusedMultiplyAdd(-scales, codes.Nearest(value * inverse), value);
            loss = Vector512.FusedMultiplyAdd(error * w[i], error, loss);
        }

        return loss;
    }

    private static (Vector512<float> Scales, Vector512<float> Losses) Search<TCodes>(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, TCodes codes)
        where TCodes : struct, ICodes
    {
        float inverseExtreme = 1 / Extremes.Signed(x);
        if (!float.IsFinite(inverseExtreme))
            return (Vector512<float>.Zero, Vector512<float>.Zero);

        Vector512<float> inverse = codes.Targets * inverseExtreme;
        (Vector512<float> scale, Vector512<float> loss) = Fit(x, w, inverse, codes);
        for (int turn = 0; turn < TCodes.Turns; turn++)
        {
            (Vector512<float> nextScale, Vector512<float> nextLoss) = Fit(x, w, Vector512<float>.One / scale, codes);
            Vector512<float> isBetter = Vector512.LessThan(nextLoss, loss);
            scale = Vector512.ConditionalSelect(isBetter, nextScale, scale);
            loss = Vector512.ConditionalSelect(isBetter, nextLoss, loss);
        }

        return (scale, loss);
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
