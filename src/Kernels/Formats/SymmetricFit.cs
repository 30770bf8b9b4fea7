using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>Finds the scale <c>d</c> of <c>x ≈ d * q</c>, <c>q</c> a small integer, that loses least in weighted squares.</summary>
/// <remarks>
/// As in <see cref="AffineFit"/>, sixteen steps around the obvious one are tried, one a lane. For given codes the best scale is
/// <c>Σwxq / Σwq²</c>, and it takes <c>(Σwxq)² / Σwq²</c> off the loss.
/// </remarks>
internal static class SymmetricFit
{
    private const int Turns = 1;

    /// <summary>The extreme value lies on the last code, or up to this many codes off it.</summary>
    private const float Reach = 0.9f;

    /// <summary>The scale for codes from <paramref name="low"/> to <paramref name="high"/>; zero where all values are.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="low">Least code; if it is zero, so is the least value.</param>
    /// <param name="high">Greatest code.</param>
    internal static float Scale(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int low, int high)
    {
        float inverseExtreme = 1 / Extremes.Signed(x);
        if (!float.IsFinite(inverseExtreme))
            return 0;

        Vector512<float> inverse = Candidates.Around(low < 0 ? low : high, Reach) * inverseExtreme;
        (Vector512<float> scale, Vector512<float> loss) = Fit(x, w, inverse, low, high);
        for (int turn = 0; turn < Turns; turn++)
        {
            (Vector512<float> nextScale, Vector512<float> nextLoss) = Fit(x, w, Vector512<float>.One / scale, low, high);
            Vector512<float> isBetter = Vector512.LessThan(nextLoss, loss);
            scale = Vector512.ConditionalSelect(isBetter, nextScale, scale);
            loss = Vector512.ConditionalSelect(isBetter, nextLoss, loss);
        }

        int lane = Candidates.Least(loss);
        return lane < 0 ? 0 : scale[lane];
    }

    /// <summary>The best scale for the codes <c>round(x * inverse)</c>; the loss lacks <c>Σwx²</c>, which all candidates share.</summary>
    private static (Vector512<float> Scale, Vector512<float> Loss) Fit(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, Vector512<float> inverse, float low, float high)
    {
        Vector512<float> sumWxq = Vector512<float>.Zero, sumWqq = Vector512<float>.Zero;
        Vector512<float> least = Vector512.Create(low), greatest = Vector512.Create(high);
        w = w[..x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            Vector512<float> code = Vector512.Round(inverse * x[i]);
            code = Vector512.MinNative(Vector512.MaxNative(code, least), greatest);
            Vector512<float> weighted = code * w[i];
            sumWxq = Vector512.FusedMultiplyAdd(weighted, Vector512.Create(x[i]), sumWxq);
            sumWqq = Vector512.FusedMultiplyAdd(weighted, code, sumWqq);
        }

        Vector512<float> scale = sumWxq / sumWqq;
        return (scale, -(scale * sumWxq));
    }
}
