using System.Runtime.Intrinsics;
using Hearth.Kernels.Formats.Search;

namespace Hearth.Kernels.Formats.Packing;

/// <summary>
/// Floats of one sign, two exponent and one fraction bit (e2m1): the codes that <see cref="MXFP4"/> and <see cref="NVFP4"/> share.
/// </summary>
internal static class FourBitFloats
{
    /// <summary>The largest of <see cref="Doubled"/>.</summary>
    internal const float Largest = 12;

    private const int Negative = 8;

    /// <summary>Twice the codes' values, which makes them whole numbers.</summary>
    internal static ReadOnlySpan<sbyte> Doubled => [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

    /// <summary>The least magnitudes above which a code's magnitude is nearer than the one before: halves go to the smaller one.</summary>
    private static ReadOnlySpan<float> Middles => [0.5f, 1.5f, 2.5f, 3.5f, 5, 7, 10];

    /// <summary>The codes of the values nearest to <c>x</c>, in units of <paramref name="scale"/>; the code of zero is 0.</summary>
    internal static void Encode(ReadOnlySpan<float> x, float scale, Span<byte> q)
    {
        for (int i = 0; i < x.Length; i += Vector512<float>.Count)
        {
            Vector512<float> value = Vector512.Create(x[i..]), magnitude = Vector512.Abs(value);
            Vector512<int> code = Vector512<int>.Zero;
            foreach (float middle in Middles)
                code -= Vector512.GreaterThan(magnitude, Vector512.Create(middle * scale)).AsInt32();

            Vector512<int> isNegative = Vector512.LessThan(value, Vector512<float>.Zero).AsInt32();
            code += isNegative & Vector512.GreaterThan(code, Vector512<int>.Zero) & Vector512.Create(Negative);
            Rounding.Narrow(code.GetLower(), code.GetUpper()).CopyTo(q[i..]);
        }
    }

    /// <summary>The nearest of the doubled magnitudes, lane by lane.</summary>
    internal static Vector512<float> NearestMagnitude(Vector512<float> x)
    {
        Vector512<float> nearest = Vector512<float>.Zero;
        for (int k = 0; k < Middles.Length; k++)
        {
            Vector512<float> step = Vector512.Create((float)(Doubled[k + 1] - Doubled[k]));
            nearest += Vector512.GreaterThan(x, Vector512.Create(Middles[k])) & step;
        }

        return nearest;
    }
}
