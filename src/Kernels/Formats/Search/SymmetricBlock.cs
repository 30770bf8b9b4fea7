using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes blocks of 32 as <c>(q - zero) * d</c> with one half in front: what <see cref="Q4_0"/> and <see cref="Q5_0"/> have in
/// common.
/// </summary>
internal static class SymmetricBlock
{
    /// <param name="x">32 values.</param>
    /// <param name="importance">As many, or empty: then the value of largest magnitude gets the code 0.</param>
    /// <param name="zero">The code of zero, half the number of codes.</param>
    /// <param name="header">Receives d.</param>
    /// <param name="q">Receives the codes.</param>
    [SkipLocalsInit]
    internal static void Encode(ReadOnlySpan<float> x, ReadOnlySpan<float> importance, int zero, Span<byte> header, Span<byte> q)
    {
        int top = (2 * zero) - 1;
        if (importance.IsEmpty)
        {
            float d = Extremes.Signed(x) / -zero;
            BinaryPrimitives.WriteHalfLittleEndian(header, (Half)d);
            Rounding.HalfUp(x, 0, ScaleHalf.Inverse(d), zero + 0.5f, top, q);
        }
        else
        {
            Span<float> w = stackalloc float[x.Length];
            ErrorWeights.Fill(x, importance, w);
            float d = ScaleHalf.Write(header, SymmetricFit.HalfScale(x, w, new IntegerCodes(-zero, zero - 1)));
            Rounding.Nearest(x, ScaleHalf.Inverse(d), zero, top, q);
        }
    }
}
