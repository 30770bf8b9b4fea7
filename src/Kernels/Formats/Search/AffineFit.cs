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
    /// <summary>How often codes and line are improved in turn.</summary>
    private const int Turns = 2;

    /// <summary>The coarsest candidate has this many codes fewer over the whole range, but not below two thirds of them.</summary>
    private const float Reach = 2;

    /// <summary>Scale and minimum for codes from 0 to <paramref name="top"/>.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="top">Greatest code.</param>
    [SkipLocalsInit]
    internal static (float Scale, float Minimum) Line(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top)
    {
        (float min, float max) = Extremes.Range(x);
        min = MathF.Min(min, 0);
        float range = max - min, inverseRange = 1 / range;
        if (!float.IsFinite(range) || !float.IsFinite(inverseRange))
            return (0, -min);

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

        int lane = Lanes.IndexOfLeast(loss);
        return lane < 0 ? (range / top, -min) : (scale[lane], -(min + offset[lane]));
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
        int lane = Lanes.IndexOfLeast(loss);
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
            // One code alone makes the determinant zero and the loss a NaN, which loses every comparison.
            Vector512<float> determinant = (wqq * w) - (wq * wq);
            Vector512<float> offset = ((wqq * wy) - (wq * wqy)) / determinant;
            Vector512<float> held = Vector512.Create(highest);
            Vector512<float> isHeld = Vector512.GreaterThan(offset, held);
            offset = Vector512.ConditionalSelect(isHeld, held, offset);
            Vector512<float> scale = ((wqy * w) - (wq * wy)) / determinant;
            scale = Vector512.ConditionalSelect(isHeld, (wqy - (held * wq)) / wqq, scale);
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
