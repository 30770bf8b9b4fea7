using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes 256 values as <c>(d * s) * q - dmin * m</c>, each group of values with its own small integers <c>s</c> and <c>m</c>:
/// what <see cref="Q2_K"/>, <see cref="Q4_K"/> and <see cref="Q5_K"/> have in common.
/// </summary>
/// <param name="GroupWeights">Values that share a scale.</param>
/// <param name="Top">Greatest code of a value.</param>
/// <param name="ScaleTop">Greatest code of a scale or a minimum.</param>
internal readonly record struct AffineSuperblock(int GroupWeights, int Top, int ScaleTop)
{
    internal const int Weights = 256;

    /// <param name="x">256 values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="header">Receives the halves d and dmin.</param>
    /// <param name="scales">Receives a code per group.</param>
    /// <param name="minima">Receives a code per group.</param>
    /// <param name="q">Receives 256 codes.</param>
    [SkipLocalsInit]
    internal void Encode(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<byte> header, Span<byte> scales, Span<byte> minima, Span<byte> q)
    {
        int groups = Weights / GroupWeights;
        var scaleCodes = new IntegerCodes(0, ScaleTop);
        Span<float> groupScales = stackalloc float[groups];
        Span<float> groupWeights = stackalloc float[groups];
        Span<float> groupMinima = stackalloc float[groups];
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            (groupScales[g], groupMinima[g]) =
                AffineFit.Line(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Top);
            groupWeights[g] = Sums.Of(w.Slice(start, GroupWeights));
        }

        Vector512<float> around = Candidates.CloseAround(1, 2f / ScaleTop);
        Vector512<float> steps = ScaleHalf.Nearest(around * SymmetricFit.Scale(groupScales, groupWeights, scaleCodes));
        Vector512<float> inverseSteps = ScaleHalf.Inverse(steps), losses = Vector512<float>.Zero;
        for (int g = 0; g < groups; g++)
        {
            Vector512<float> scale = steps * scaleCodes.Nearest(inverseSteps * groupScales[g]);
            losses += Loss(x, w, g, scale, Vector512.Create(groupMinima[g]));
        }

        float d = ScaleHalf.Write(header, steps[Best(losses)]);
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            (int scale, groupMinima[g]) = AffineFit.Snap(
                x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Top, d, ScaleTop, groupScales[g], groupMinima[g]);
            scales[g] = (byte)scale;
        }

        steps = ScaleHalf.Nearest(around * SymmetricFit.Scale(groupMinima, groupWeights, scaleCodes));
        (inverseSteps, losses) = (ScaleHalf.Inverse(steps), Vector512<float>.Zero);
        for (int g = 0; g < groups; g++)
        {
            Vector512<float> minimum = steps * scaleCodes.Nearest(inverseSteps * groupMinima[g]);
            losses += Loss(x, w, g, Vector512.Create(d * scales[g]), minimum);
        }

        float dmin = ScaleHalf.Write(header[sizeof(ushort)..], steps[Best(losses)]);
        for (int g = 0; g < groups; g++)
        {
            float inverse = ScaleHalf.Inverse(d * scales[g]);
            minima[g] = (byte)Rounding.Nearest(groupMinima[g], ScaleHalf.Inverse(dmin), 0, ScaleTop);
            int start = g * GroupWeights;
            Rounding.Nearest(x.Slice(start, GroupWeights), inverse, dmin * minima[g] * inverse, Top, q[start..]);
        }
    }

    private Vector512<float> Loss(
        ReadOnlySpan<float> x, ReadOnlySpan<float> w, int group, Vector512<float> scales, Vector512<float> minima)
    {
        int start = group * GroupWeights;
        return AffineFit.Loss(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Top, scales, minima);
    }

    /// <summary>The lane of least loss; the obvious one where values are so large that no loss is a number.</summary>
    private static int Best(Vector512<float> losses)
        => Lanes.IndexOfLeast(losses, 0, Candidates.Center) is >= 0 and int lane ? lane : Candidates.Center;
}
