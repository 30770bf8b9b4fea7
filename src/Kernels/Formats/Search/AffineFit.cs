using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Finds scale <c>d</c> and minimum <c>m ≥ 0</c> of <c>x ≈ d * q - m</c>, <c>q</c> from 0 to a small top, that lose least in weighted
/// squares.
/// </summary>
/// <remarks>
/// Rounding makes the loss jagged, so sixteen steps around the obvious one are tried, each with its own codes; for given codes the
/// best straight line has a closed form, and codes and line are improved in turn. One vector lane holds one candidate and the
/// elements pass by one after another: sums have the same order, and results the same bits, whatever the machine's vectors are.
/// Sums are taken over <c>y = x - min(x, 0) = d * q + b</c>, so that a group far from zero does not drown its own spread. Where the line
/// would need <c>m &lt; 0</c>, <c>m</c> is held at zero.
/// </remarks>
internal static class AffineFit
{
    /// <summary>The part of its first term that a determinant must be to be more than noise.</summary>
    private const float Singular = 1e-5f;

    /// <summary>How often codes and line are improved in turn.</summary>
    private const int Turns = 2;

    /// <summary>The coarsest candidate has this many codes fewer over the whole range, but not below two thirds of them.</summary>
    private const float Reach = 2;

    /// <summary>What floats cannot tell apart among the losses of a group.</summary>
    private const float Noise = 1e-6f;

    /// <summary>
    /// Scale and minimum for codes from 0 to <paramref name="top"/>. Of several that are as good, those nearest to the obvious ones, so
    /// that groups that are alike have scales that are alike.
    /// </summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="top">Greatest code.</param>
    internal static (float Scale, float Minimum) Line(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top)
    {
        (Vector512<float> scales, Vector512<float> minima, Vector512<float> losses) = Search(x, w, top);
        int lane = Lanes.IndexOfLeast(losses, Noise, Candidates.Center);
        return lane < 0 ? (0, 0) : (scales[lane], minima[lane]);
    }

    /// <summary>As <see cref="Line"/>, but the best of what halves can store.</summary>
    internal static (float Scale, float Minimum) HalfLine(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top)
    {
        (Vector512<float> scales, Vector512<float> minima, _) = Search(x, w, top);
        (scales, minima) = (ScaleHalf.Nearest(scales), ScaleHalf.Nearest(minima));
        int lane = Lanes.IndexOfLeast(Loss(x, w, top, scales, minima), 0, Candidates.Center);
        return lane < 0 ? (0, 0) : (scales[lane], minima[lane]);
    }

    /// <summary><c>Σw(x - (d q - m))²</c>, <c>q</c> the code nearest to <c>(x + m) / d</c>, for sixteen scales and minima.</summary>
    internal static Vector512<float> Loss(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top, Vector512<float> scales, Vector512<float> minima)
    {
        Vector512<float> inverse = ScaleHalf.Inverse(scales), loss = Vector512<float>.Zero, greatest = Vector512.Create((float)top);
        w = w[..x.Length];
        for (int i = 0; i < x.Length; i++)
        {
            Vector512<float> value = Vector512.Create(x[i]) + minima;
            Vector512<float> code = Vector512.MaxNative(Vector512.Round(value * inverse), Vector512<float>.Zero);
            Vector512<float> error = Vector512.FusedMultiplyAdd(-scales, Vector512.MinNative(code, greatest), value);
            loss = Vector512.FusedMultiplyAdd(error * w[i], error, loss);
        }

        return loss;
    }

    [SkipLocalsInit]
    private static (Vector512<float> Scales, Vector512<float> Minima, Vector512<float> Losses) Search(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top)
    {
        (float min, float max) = Extremes.Range(x);
        min = MathF.Min(min, 0);
        float range = max - min, inverseRange = 1 / range;
        if (!float.IsFinite(range) || !float.IsFinite(inverseRange))
            return (Vector512<float>.Zero, Vector512.Create(-min), Vector512<float>.Zero);

        Span<float> y = stackalloc float[x.Length];
        TensorPrimitives.Subtract(x, min, y);

        Vector512<float> inverse = Candidates.Around(top, -MathF.Min(Reach, top / 3f)) * inverseRange;
        (float sumW, float sumWy) = (Sums.Of(w), Sums.OfProducts(w, y));
        var codes = new CodeSums(y, w, inverse, Vector512<float>.Zero, top, sumW, sumWy);
        (Vector512<float> scale, Vector512<float> offset, Vector512<float> loss) = codes.Line(-min);
        for (int turn = 0; turn < Turns; turn++)
        {
            inverse = Vector512<float>.One / scale;
            codes = new CodeSums(y, w, inverse, -offset * inverse, top, sumW, sumWy);
            (Vector512<float> nextScale, Vector512<float> nextOffset, Vector512<float> nextLoss) = codes.Line(-min);
            Vector512<float> isBetter = Vector512.LessThan(nextLoss, loss);
            scale = Vector512.ConditionalSelect(isBetter, nextScale, scale);
            offset = Vector512.ConditionalSelect(isBetter, nextOffset, offset);
            loss = Vector512.ConditionalSelect(isBetter, nextLoss, loss);
        }

        return (scale, -(offset + Vector512.Create(min)), loss);
    }

    /// <summary>The best of the scales that can be stored near a wanted one, and its minimum.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="top">Greatest code.</param>
    /// <param name="step">Scales are multiples of it,</param>
    /// <param name="multiples">up to this one.</param>
    /// <param name="scale">The wanted scale.</param>
    /// <param name="minimum">A minimum that goes well with it.</param>
    [SkipLocalsInit]
    internal static (int Multiple, float Minimum) Snap(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top, float step, int multiples, float scale, float minimum)
    {
        Span<float> y = stackalloc float[x.Length];
        TensorPrimitives.Add(x, minimum, y);
        float wanted = Rounding.Nearest(scale, ScaleHalf.Inverse(step), 0, multiples);
        Vector512<float> candidates = Candidates.Around(wanted, 8);
        candidates = Vector512.Min(Vector512.Max(candidates, Vector512<float>.Zero), Vector512.Create((float)multiples));
        Vector512<float> scales = candidates * step;
        Vector512<float> inverse = Vector512<float>.One / scales;
        inverse = Vector512.ConditionalSelect(Vector512.IsFinite(inverse), inverse, Vector512<float>.Zero);
        var codes = new CodeSums(y, w, inverse, Vector512<float>.Zero, top, Sums.Of(w), Sums.OfProducts(w, y));
        (Vector512<float> offsets, Vector512<float> loss) = codes.Offset(scales, minimum);
        int lane = Lanes.IndexOfLeast(loss, Noise, Candidates.Center);
        return lane < 0 ? (0, minimum) : ((int)candidates[lane], minimum - offsets[lane]);
    }

    /// <summary>What the loss of codes <c>q = round(y * inverse + start)</c> depends on, for sixteen candidates.</summary>
    private readonly ref struct CodeSums
    {
        private readonly Vector512<float> wq, wqq, wqy;
        private readonly float w, wy;

        internal CodeSums(
            ReadOnlySpan<float> y,
            ReadOnlySpan<float> weights,
            Vector512<float> inverse,
            Vector512<float> start,
            float top,
            float sumW,
            float sumWy)
        {
            Vector512<float> sumWq = Vector512<float>.Zero, sumWqq = Vector512<float>.Zero, sumWqy = Vector512<float>.Zero;
            Vector512<float> greatest = Vector512.Create(top);
            weights = weights[..y.Length];
            for (int i = 0; i < y.Length; i++)
            {
                Vector512<float> value = Vector512.Create(y[i]);
                Vector512<float> code = Vector512.Round(Vector512.FusedMultiplyAdd(value, inverse, start));
                code = Vector512.MinNative(Vector512.MaxNative(code, Vector512<float>.Zero), greatest);
                Vector512<float> weighted = code * Vector512.Create(weights[i]);
                sumWq += weighted;
                sumWqq = Vector512.FusedMultiplyAdd(weighted, code, sumWqq);
                sumWqy = Vector512.FusedMultiplyAdd(weighted, value, sumWqy);
            }

            (wq, wqq, wqy, w, wy) = (sumWq, sumWqq, sumWqy, sumW, sumWy);
        }

        /// <summary>The best line with <c>b ≤ highest</c>.</summary>
        internal (Vector512<float> Scale, Vector512<float> Offset, Vector512<float> Loss) Line(float highest)
        {
            // One code alone, or one that outweighs the others, does not fix two numbers: then the line begins at zero.
            Vector512<float> determinant = (wqq * w) - (wq * wq);
            Vector512<float> isFixed = Vector512.GreaterThan(determinant, wqq * (w * Singular));
            Vector512<float> offset = Vector512.ConditionalSelect(isFixed, ((wqq * wy) - (wq * wqy)) / determinant, Vector512<float>.Zero);
            Vector512<float> held = Vector512.Create(highest);
            offset = Vector512.ConditionalSelect(Vector512.GreaterThan(offset, held), held, offset);
            Vector512<float> isFree = isFixed & Vector512.LessThan(offset, held);
            Vector512<float> scale = Vector512.ConditionalSelect(
                isFree, ((wqy * w) - (wq * wy)) / determinant, (wqy - (offset * wq)) / wqq);
            return (scale, offset, Loss(scale, offset));
        }

        /// <summary>The best <c>b ≤ highest</c> for given scales.</summary>
        internal (Vector512<float> Offset, Vector512<float> Loss) Offset(Vector512<float> scale, float highest)
        {
            Vector512<float> offset = (Vector512.Create(wy) - (scale * wq)) / w;
            offset = Vector512.Min(offset, Vector512.Create(highest));
            return (offset, Loss(scale, offset));
        }

        /// <summary><c>Σw(d q + b - y)²</c> without <c>Σwy²</c>, which all candidates share.</summary>
        private Vector512<float> Loss(Vector512<float> scale, Vector512<float> offset)
        {
            Vector512<float> quadratic = (scale * scale * wqq) + (offset * offset * w) + (2 * scale * offset * wq);
            return quadratic - (2 * ((scale * wqy) + (offset * wy)));
        }
    }
}
