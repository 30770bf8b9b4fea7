using System.Runtime.Intrinsics;

namespace Hearth.Kernels.Formats;

/// <summary>Sums in one fixed shape of eight lanes, so that encoded bytes are the same on every machine.</summary>
internal static class Sums
{
    /// <summary>The sum of a whole number of eights.</summary>
    internal static float Of(ReadOnlySpan<float> x)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
            sum += Vector256.Create(x[i..]);
        return OfLanes(sum);
    }

    /// <summary>The sum of the squares of a whole number of eights.</summary>
    internal static float OfSquares(ReadOnlySpan<float> x)
    {
        Vector256<float> sum = Vector256<float>.Zero;
        for (int i = 0; i < x.Length; i += Vector256<float>.Count)
        {
            Vector256<float> value = Vector256.Create(x[i..]);
            sum += value * value;
        }

        return OfLanes(sum);
    }

    /// <summary>Lanes added by halves: 0 + 4, 1 + 5, ..., then again.</summary>
    internal static float OfLanes(Vector256<float> lanes)
    {
        Vector128<float> halves = lanes.GetLower() + lanes.GetUpper();
        return (halves[0] + halves[2]) + (halves[1] + halves[3]);
    }
}
