using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats;

/// <summary>
/// Encodes 256 values as <c>(d * s) * q</c>, each group of values with its own small signed integer <c>s</c>: what <see cref="Q3_K"/>
/// and <see cref="Q6_K"/> have in common. Codes are stored from zero upwards: <c>code - least</c>.
/// </summary>
/// <param name="GroupWeights">Values that share a scale.</param>
/// <param name="Least">Least <c>q</c>.</param>
/// <param name="Top">Greatest <c>q</c>.</param>
/// <param name="ScaleLeast">Least <c>s</c>.</param>
/// <param name="ScaleTop">Greatest <c>s</c>.</param>
internal readonly record struct SymmetricSuperblock(int GroupWeights, int Least, int Top, int ScaleLeast, int ScaleTop)
{
    private const int Weights = 256;

    /// <param name="x">256 values.</param>
    /// <param name="w">Weights of the squared errors, as many.</param>
    /// <param name="step">Receives the half d.</param>
    /// <param name="scales">Receives a code per group.</param>
    /// <param name="q">Receives 256 codes.</param>
    [SkipLocalsInit]
    internal void Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> w, Span<byte> step, Span<byte> scales, Span<byte> q)
    {
        int groups = Weights / GroupWeights;
        Span<float> groupScales = stackalloc float[groups];
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            groupScales[g] = SymmetricFit.Scale(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Least, Top);
        }

        float d = ScaleHalf.Write(step, Extremes.Signed(groupScales) / ScaleLeast);
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            int scale = Rounding.Nearest(groupScales[g], ScaleHalf.Inverse(d), ScaleLeast, ScaleTop);
            scales[g] = (byte)(scale - ScaleLeast);
            Rounding.Nearest(x.Slice(start, GroupWeights), ScaleHalf.Inverse(d * scale), -Least, Top - Least, q[start..]);
        }
    }
}
