using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>
/// Finds scale <c>d</c> and minimum <c>m ≥ 0</c> of <c>x ≈ d * q - m</c>, <c>q</c> from 0 to a small top, that lose least in weighted squares.
/// </summary>
/// <remarks>
/// As in <see cref="SymmetricFit"/> a row of steps is tried, one a vector lane, elements in order. Sums are taken over
/// <c>y = x - min(x, 0)</c>, so that a block far from zero does not drown its own spread; <c>y ≈ d * q + b</c> is a straight line, fitted in
/// closed form for each candidate's codes. Where the line would need <c>m &lt; 0</c>, <c>m</c> is held at zero.
/// </remarks>
internal static class AffineFit
{
    private const int Candidates = 32;

    /// <summary>Scale and minimum for codes from 0 to <paramref name="top"/>.</summary>
    /// <param name="x">Values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="top">Greatest code.</param>
    /// <param name="least">By how many codes the range may be narrower than <paramref name="top"/> in the coarsest candidate (negative).</param>
    /// <param name="most">By how many codes it may be wider in the finest.</param>
    [SkipLocalsInit]
    internal static (float Scale, float Minimum) Line(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, int top, float least, float most)
    {
        (float min, float max) = Extremes.Range(x);
        min = MathF.Min(min, 0);
        float inverseRange = 1 / (max - min);
        if (!float.IsFinite(inverseRange))
            return (0, -min);

        Span<float> y = stackalloc float[x.Length];
        TensorPrimitives.Subtract(x, min, y);
        Span<float> inverses = stackalloc float[Candidates];
        for (int c = 0; c < Candidates; c++)
            inverses[c] = (top + least + ((most - least) * c / (Candidates - 1))) * inverseRange;

        Span<float> scales = stackalloc float[Candidates];
        Span<float> offsets = stackalloc float[Candidates];
        Span<float> losses = stackalloc float[Candidates];
        for (int c = 0; c < Candidates; c += Vector<float>.Count)
        {
            Fit(y, w, new Vector<float>(inverses[c..]), top, -min, out Vector<float> scale, out Vector<float> offset, out Vector<float> loss);
            scale.CopyTo(scales[c..]);
            offset.CopyTo(offsets[c..]);
            loss.CopyTo(losses[c..]);
        }

        int best = -1;
        for (int c = 0; c < Candidates; c++)
        {
            if (losses[c] < (best < 0 ? float.PositiveInfinity : losses[best]))
                best = c;
        }

        return best < 0 ? ((max - min) / top, -min) : (scales[best], -(min + offsets[best]));
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

    /// <summary>Fits one vector of candidates; a loss lacks the part <c>Σwy²</c> that all candidates share.</summary>
    private static void Fit(
        ReadOnlySpan<float> y,
        ReadOnlySpan<float> w,
        Vector<float> inverse,
        float top,
        float highestOffset,
        out Vector<float> scale,
        out Vector<float> offset,
        out Vector<float> loss)
    {
        Vector<float> sumWq = Vector<float>.Zero, sumWqq = Vector<float>.Zero, sumWqy = Vector<float>.Zero;
        Vector<float> greatest = Vector.Create(top);
        float sumW = 0, sumWy = 0;
        w = w[..y.Length];
        for (int i = 0; i < y.Length; i++)
        {
            Vector<float> q = Vector.MinNative(Vector.Round(inverse * y[i]), greatest);
            Vector<float> wq = q * w[i];
            sumW += w[i];
            sumWy += w[i] * y[i];
            sumWq += wq;
            sumWqq = Vector.FusedMultiplyAdd(wq, q, sumWqq);
            sumWqy = Vector.FusedMultiplyAdd(wq, Vector.Create(y[i]), sumWqy);
        }

        Vector<float> determinant = (sumWqq * sumW) - (sumWq * sumWq);
        Vector<float> freeScale = ((sumWqy * sumW) - (sumWq * sumWy)) / determinant;
        Vector<float> freeOffset = ((sumWqq * sumWy) - (sumWq * sumWqy)) / determinant;
        Vector<float> held = Vector.Create(highestOffset);
        Vector<float> isHeld = Vector.GreaterThan(freeOffset, held).As<int, float>();
        offset = Vector.ConditionalSelect(isHeld, held, freeOffset);
        scale = Vector.ConditionalSelect(isHeld, (sumWqy - (held * sumWq)) / sumWqq, freeScale);

        // Σw(d q + b - y)² without Σwy²; a determinant of zero (one code alone) makes it a NaN, which loses every comparison.
        Vector<float> quadratic = (scale * scale * sumWqq) + (offset * offset * sumW) + (2 * scale * offset * sumWq);
        loss = quadratic - (2 * ((scale * sumWqy) + (offset * sumWy)));
    }
}
