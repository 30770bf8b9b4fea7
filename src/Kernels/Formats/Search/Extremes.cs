using System.Numerics;
using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats.Search;

/// <summary>
/// The largest magnitude and the range of a block of finite values, a whole number of eights, with the ties that encoded bytes depend on.
/// </summary>
internal static class Extremes
{
    /// <summary>The largest magnitude; +0 for zeros of either sign.</summary>
    internal static float Magnitude(ReadOnlySpan<float> x)
    {
        Vector256<float> largest = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
            largest = Vector256.MaxNative(largest, Vector256.Abs(Vector256.Create(x[i..])));
        return Lanes.Greatest(largest);
    }

    /// <summary>The value of largest magnitude with its sign, the first of several; +0 for zeros of either sign.</summary>
    internal static float Signed(ReadOnlySpan<float> x)
    {
        float magnitude = Magnitude(x);
        return magnitude == 0 ? 0 : x[FirstEqual(x, magnitude, Vector256.Create(0x7FFF_FFFFu).AsSingle())];
    }

    /// <summary>Least and greatest value; the least of zeros of both signs is the first, and equal ones have the same sign.</summary>
    internal static (float Min, float Max) Range(ReadOnlySpan<float> x)
    {
        Vector256<float> least = Vector256.Create(x), greatest = least;
        for (int i = Vector256<float>.Count; i < x.Length; i += Vector256<float>.Count)
        {
            Vector256<float> values = Vector256.Create(x[i..]);
            least = Vector256.MinNative(least, values);
            greatest = Vector256.MaxNative(greatest, values);
        }

        float min = Lanes.Least(least), max = Lanes.Greatest(greatest);
        if (min == 0)
            min = x[FirstEqual(x, 0, Vector256<float>.AllBitsSet)];
        return (min, max == min ? min : max);
    }

    /// <summary>The first element that equals the value once its bits are masked; there must be one.</summary>
    private static int FirstEqual(ReadOnlySpan<float> x, float value, Vector256<float> mask)
    {
        for (int i = 0; ; i += Vector256<float>.Count)
        {
            uint equal = Vector256.Equals(Vector256.Create(x[i..]) & mask, Vector256.Create(value)).ExtractMostSignificantBits();
            if (equal != 0)
                return i + BitOperations.TrailingZeroCount(equal);
        }
    }
}
