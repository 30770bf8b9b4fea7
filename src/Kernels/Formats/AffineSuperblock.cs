using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats;

/// <summary>
/// Encodes 256 values as <c>(d * s) * q - dmin * m</c>, each group of values with its own small integers <c>s</c> and <c>m</c>:
/// what <see cref="Q2_K"/>, <see cref="Q4_K"/> and <see cref="Q5_K"/> have in common.
/// </summary>
/// <param name="GroupWeights">Values that share a scale.</param>
/// <param name="Top">Greatest code of a value.</param>
/// <param name="ScaleTop">Greatest code of a scale or a minimum.</param>
/// <param name="Least">Coarsest candidate step, see <see cref="AffineFit.Line"/>.</param>
/// <param name="Most">Finest candidate step.</param>
internal readonly record struct AffineSuperblock(int GroupWeights, int Top, int ScaleTop, float Least, float Most)
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
        Span<float> groupScales = stackalloc float[groups];
        Span<float> groupWeights = stackalloc float[groups];
        Span<float> groupMinima = stackalloc float[groups];
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            (groupScales[g], groupMinima[g]) =
                AffineFit.Line(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Top, Least, Most);
            groupWeights[g] = System.Numerics.Tensors.TensorPrimitives.Sum(w.Slice(start, GroupWeights));
        }

        float d = ScaleHalf.Write(header, SymmetricFit.Scale(groupScales, groupWeights, 0, ScaleTop));
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            scales[g] = (byte)Rounding.Nearest(groupScales[g], ScaleHalf.Inverse(d), 0, ScaleTop);
            groupMinima[g] = AffineFit.Minimum(
                x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Top, d * scales[g], groupMinima[g]);
        }

        float dmin = ScaleHalf.Write(header[sizeof(ushort)..], SymmetricFit.Scale(groupMinima, groupWeights, 0, ScaleTop));
        for (int g = 0; g < groups; g++)
            minima[g] = (byte)Rounding.Nearest(groupMinima[g], ScaleHalf.Inverse(dmin), 0, ScaleTop);

        for (int r = 0; r < 1; r++)
        {
            Codes(x, d, dmin, scales, minima, q);
            Refit(x, w, scales, minima, q, ref d, ref dmin);
            d = ScaleHalf.Write(header, d);
            dmin = ScaleHalf.Write(header[sizeof(ushort)..], dmin);
        }
        Codes(x, d, dmin, scales, minima, q);
    }

    private void Codes(ReadOnlySpan<float> x, float d, float dmin, ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima, Span<byte> q)
    {
        for (int start = 0, g = 0; start < x.Length; start += GroupWeights, g++)
        {
            float inverse = ScaleHalf.Inverse(d * scales[g]);
            Rounding.Nearest(x.Slice(start, GroupWeights), inverse, dmin * minima[g] * inverse, Top, q[start..]);
        }
    }

    private void Refit(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<byte> scales, ReadOnlySpan<byte> minima, ReadOnlySpan<byte> q, ref float d, ref float dmin)
    {
        float ss = 0, sm = 0, mm = 0, sx = 0, mx = 0;
        for (int i = 0; i < x.Length; i++)
        {
            float s = scales[i / GroupWeights] * q[i], m = -minima[i / GroupWeights];
            ss += w[i] * s * s;
            sm += w[i] * s * m;
            mm += w[i] * m * m;
            sx += w[i] * s * x[i];
            mx += w[i] * m * x[i];
        }

        float determinant = (ss * mm) - (sm * sm);
        if (determinant > 1e-5f * ss * mm)
        {
            d = ((sx * mm) - (mx * sm)) / determinant;
            dmin = ((mx * ss) - (sx * sm)) / determinant;
        }
    }
}
