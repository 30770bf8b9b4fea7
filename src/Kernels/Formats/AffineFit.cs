using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>
/// Finds scale <c>d</c> and minimum <c>m ≥ 0</c> of <c>x ≈ d * q - m</c>, <c>q</c> from 0 to a small top, that lose least in weighted squares.
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
    /// <summary>How often codes and line are improved in turn; measured on Gaussian and heavy-tailed rows, a third turn gains 0.1 %.</summary>
    private const int Turns = 2;

    /// <summary>The finest and the coarsest candidate differ from the obvious step by this many codes over the whole range.</summary>
    private const float Reach = 0.9f;

    /// <summary>Scale and minimum for codes from 0 to <paramref name="top"/>.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="top">Greatest code.</param>
    [SkipLocalsInit]
    internal static (float Scale, float Minimum) Line(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top)
    {
        (float min, float max) = Extremes.Range(x);
        min = MathF.Min(min, 0);
        float inverseRange = 1 / (max - min);
        if (!float.IsFinite(inverseRange))
            return (0, -min);

        Span<float> y = stackalloc float[x.Length];
        TensorPrimitives.Subtract(x, min, y);
        float sumW = 0, sumWy = 0;
        for (int i = 0; i < y.Length; i++)
        {
            sumW += w[i];
            sumWy += w[i] * y[i];
        }

        Vector512<float> inverse = Candidates.Around(top, Reach) * inverseRange;
        var best = Fit(y, w, inverse, Vector512<float>.Zero, top, -min, sumW, sumWy);
        for (int turn = 0; turn < Turns; turn++)
        {
            inverse = Vector512<float>.One / best.Scale;
            var next = Fit(y, w, inverse, -best.Offset * inverse, top, -min, sumW, sumWy);
            Vector512<float> isBetter = Vector512.LessThan(next.Loss, best.Loss);
            best.Scale = Vector512.ConditionalSelect(isBetter, next.Scale, best.Scale);
            best.Offset = Vector512.ConditionalSelect(isBetter, next.Offset, best.Offset);
            best.Loss = Vector512.ConditionalSelect(isBetter, next.Loss, best.Loss);
        }

        int lane = Candidates.Least(best.Loss);
        return lane < 0 ? ((max - min) / top, -min) : (best.Scale[lane], -(min + best.Offset[lane]));
    }

    /// <summary>The best minimum for a scale that has been rounded, given the codes of about this minimum.</summary>
    internal static float Minimum(ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top, float scale, float minimum)
    {
        Vector256<float> inverse = Vector256.Create(ScaleHalf.Inverse(scale)), step = Vector256.Create(scale);
        Vector256<float> greatest = Vector256.Create((float)top), near = Vector256.Create(minimum);
        Vector256<float> sum = Vector256<float>.Zero, total = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Create(x[i..]), weight = Vector256.Create(w[i..]);
            Vector256<float> q = Vector256.Clamp(Vector256.Round((value + near) * inverse), Vector256<float>.Zero, greatest);
            sum += ((q * step) - value) * weight;
            total += weight;
        }

        float best = Vector256.Sum(sum) / Vector256.Sum(total);
        return best > 0 ? best : 0;
    }

    /// <summary>The best line for the codes <c>round(y * inverse + start)</c>; the loss lacks <c>Σwy²</c>, which all candidates share.</summary>
    private static (Vector512<float> Scale, Vector512<float> Offset, Vector512<float> Loss) Fit(
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> w,
        Vector512<float> inverse,
        Vector512<float> start,
        float top,
        float highestOffset,
        float sumW,
        float sumWy)
    {
        Vector512<float> sumWq = Vector512<float>.Zero, sumWqq = Vector512<float>.Zero, sumWqy = Vector512<float>.Zero;
        Vector512<float> greatest = Vector512.Create(top);
        w = w[..y.Length];
        for (int i = 0; i < y.Length; i++)
        {
            Vector512<float> value = Vector512.Create(y[i]);
            Vector512<float> code = Vector512.Round(Vector512.FusedMultiplyAdd(value, inverse, start));
            code = Vector512.MinNative(Vector512.MaxNative(code, Vector512<float>.Zero), greatest);
            Vector512<float> weighted = code * w[i];
            sumWq += weighted;
            sumWqq = Vector512.FusedMultiplyAdd(weighted, code, sumWqq);
            sumWqy = Vector512.FusedMultiplyAdd(weighted, value, sumWqy);
        }

        Vector512<float> determinant = (sumWqq * sumW) - (sumWq * sumWq);
        Vector512<float> freeScale = ((sumWqy * sumW) - (sumWq * sumWy)) / determinant;
        Vector512<float> freeOffset = ((sumWqq * sumWy) - (sumWq * sumWqy)) / determinant;
        Vector512<float> held = Vector512.Create(highestOffset);
        Vector512<float> isHeld = Vector512.GreaterThan(freeOffset, held);
        Vector512<float> offset = Vector512.ConditionalSelect(isHeld, held, freeOffset);
        Vector512<float> scale = Vector512.ConditionalSelect(isHeld, (sumWqy - (held * sumWq)) / sumWqq, freeScale);

        // Σw(d q + b - y)² without Σwy²; a determinant of zero (one code alone) makes it a NaN, which loses every comparison.
        Vector512<float> quadratic = (scale * scale * sumWqq) + (offset * offset * sumW) + (2 * scale * offset * sumWq);
        return (scale, offset, quadratic - (2 * ((scale * sumWqy) + (offset * sumWy))));
    }
}
