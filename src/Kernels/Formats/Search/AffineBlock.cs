using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes blocks of 32 as <c>q * d + m</c> with two halves in front: what <see cref="Q4_1"/> and <see cref="Q5_1"/> have in
/// common.
/// </summary>
internal static class AffineBlock
{
    /// <param name="x">32 values.</param>
    /// <param name="importance">As many, or empty: then the codes span the values' range.</param>
    /// <param name="top">Greatest code.</param>
    /// <param name="header">Receives d and m.</param>
    /// <param name="q">Receives the codes.</param>
    [SkipLocalsInit]
    internal static void Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, int top, Span<byte> header, Span<byte> q)
    {
        if (importance.IsEmpty)
        {
            (float min, float max) = Extremes.Range(x);
            float d = (max - min) / top;
            BinaryPrimitives.WriteHalfLittleEndian(header, (Half)d);
            BinaryPrimitives.WriteHalfLittleEndian(header[2..], (Half)min);
            Rounding.HalfUp(x, min, ScaleHalf.Inverse(d), 0.5f, top, q);
        }
        else
        {
            Span<float> w = stackalloc float[x.Length];
            ErrorWeights.Fill(x, importance, w);
            (float scale, float minimum) = AffineFit.HalfLine(x, w, top);
            float d = ScaleHalf.Write(header, scale);
            float m = ScaleHalf.Write(header[2..], -minimum);
            float inverse = ScaleHalf.Inverse(d);
            Rounding.Nearest(x, inverse, -m * inverse, top, q);
        }
    }
}
