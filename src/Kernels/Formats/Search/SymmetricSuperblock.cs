using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes 256 values as <c>(d * s) * v</c>, each group of values with its own small signed integer <c>s</c>: what <see cref="Q3_K"/>,
/// <see cref="Q6_K"/> and <see cref="IQ4_XS"/> have in common.
/// </summary>
/// <param name="GroupWeights">Values that share a scale.</param>
/// <param name="ScaleBits">Bits of a scale, which is stored as <c>s + 2^(bits - 1)</c>.</param>
/// <param name="Codes">The numbers <c>v</c>.</param>
internal readonly record struct SymmetricSuperblock<TCodes>(int GroupWeights, int ScaleBits, TCodes Codes)
    where TCodes : struct, ICodes
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
        int groups = Weights / GroupWeights, zero = 1 << (ScaleBits - 1);
        Span<float> groupScales = stackalloc float[groups];
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            groupScales[g] = SymmetricFit.Scale(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), Codes);
        }

        float d = ScaleHalf.Write(step, Step(x, w, groupScales, zero));
        for (int g = 0; g < groups; g++)
        {
            int start = g * GroupWeights;
            int scale = Rounding.Nearest(groupScales[g], ScaleHalf.Inverse(d), -zero, zero - 1);
            scales[g] = (byte)(scale + zero);
            Codes.Encode(x.Slice(start, GroupWeights), ScaleHalf.Inverse(d * scale), q[start..]);
        }
    }

    /// <summary>
    /// The best of sixteen steps that put the scale of largest magnitude onto the last code or a little before it: each rounds the others,
    /// and is itself rounded, in its own way.
    /// </summary>
    private float Step(ReadOnlySpan<float> x, ReadOnlySpan<float> w, ReadOnlySpan<float> groupScales, int zero)
    {
        Vector512<float> steps = ScaleHalf.Nearest(
            Vector512.Create(Extremes.Signed(groupScales)) / (Vector512.CreateSequence(0f, zero / 64f) - Vector512.Create((float)zero)));
        Vector512<float> inverse = ScaleHalf.Inverse(steps), losses = Vector512<float>.Zero;
        var scaleCodes = new IntegerCodes(-zero, zero - 1);
        for (int g = 0; g < groupScales.Length; g++)
        {
            int start = g * GroupWeights;
            Vector512<float> scales = steps * scaleCodes.Nearest(inverse * groupScales[g]);
            losses += SymmetricFit.Loss(x.Slice(start, GroupWeights), w.Slice(start, GroupWeights), scales, Codes);
        }

        return steps[Math.Max(Lanes.IndexOfLeast(losses), 0)];
    }
}
