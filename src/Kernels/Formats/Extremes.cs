using System.Numerics;

namespace Hearth.Kernels.Formats;

/// <summary>The largest magnitude and the range of a block of finite values, with the ties that the encoded bytes depend on.</summary>
internal static class Extremes
{
    /// <summary>The largest magnitude; +0 for zeros of either sign.</summary>
    internal static float Magnitude(ReadOnlySpan<float> x)
    {
        Vector<float> largest = Vector<float>.Zero;
        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
            largest = Vector.Max(largest, Vector.Abs(new Vector<float>(x[i..])));
        float result = 0;
        for (int lane = 0; lane < Vector<float>.Count; lane++)
            result = MathF.Max(result, largest[lane]);
        for (; i < x.Length; i++)
            result = MathF.Max(result, MathF.Abs(x[i]));
        return result;
    }

    /// <summary>The value of largest magnitude with its sign, the first of several; +0 for zeros of either sign.</summary>
    internal static float Signed(ReadOnlySpan<float> x)
    {
        float magnitude = Magnitude(x);
        int positive = x.IndexOf(magnitude), negative = x.IndexOf(-magnitude);
        return magnitude == 0 || (uint)positive < (uint)negative ? magnitude : -magnitude;
    }

    /// <summary>Least and largest value; of zeros that compare equal the first one's sign is kept.</summary>
    internal static (float Min, float Max) Range(ReadOnlySpan<float> x)
    {
        float min = x[0], max = x[0];
        foreach (float value in x)
        {
            if (value < min)
                min = value;
            if (value > max)
                max = value;
        }

        return (min, max);
    }
}
