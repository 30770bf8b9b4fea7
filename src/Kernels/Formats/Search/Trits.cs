using System.Buffers.Binary;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// Encodes values as -d, 0 or d, d their largest magnitude: what <see cref="TQ1_0"/>, <see cref="TQ2_0"/> and <see cref="Q2_0"/>
/// share.
/// </summary>
internal static class Trits
{
    /// <summary>Writes the half d and the codes 0, 1 and 2; a value of exactly half d counts as d.</summary>
    internal static void Encode(ReadOnlySpan<float> x, Span<byte> step, Span<byte> q)
    {
        float d = Extremes.Magnitude(x);
        BinaryPrimitives.WriteHalfLittleEndian(step, (Half)d);
        Rounding.HalfAwayFromZero(x, ScaleHalf.Inverse(d), q);
        for (int j = 0; j < x.Length; j++)
            q[j]++;
    }
}
