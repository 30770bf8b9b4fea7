using System.Numerics;

namespace Hearth.Kernels.Elementwise;

/// <summary>
/// Exponential, logarithm and power that return the same bits on every machine. <see cref="Math"/> calls the C runtime, whose last
/// bit differs between platforms; these use only IEEE additions, multiplications, divisions and explicit fused multiply-adds.
/// All members are pure and safe to call from any thread.
/// </summary>
public static partial class PortableMath
{
    // ln 2 in two parts: the high part has its last 21 bits zero, so that n * Ln2High is exact for every exponent n of a double.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Log2E = 1.44269504088896340736;

    // Adding 1.5 * 2^52 rounds a double below 2^51 to an integer and leaves that integer in the low bits of the sum.
    private const double RoundingShift = 6755399441055744.0;

    private const double LargestExponent = 709.782712893384;
    private const double SmallestExponent = -745.1332191019412;

    // Below this e^x rounds to zero as a float; clamping to it keeps the scale 2^n of the vector path a normal double.
    private const double FloatUnderflow = -200;

    /// <summary>
    /// e^x. The relative error is below 2^-51 where the result is a normal double; overflow gives infinity, underflow zero.
    /// </summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > LargestExponent)
            return double.PositiveInfinity;
        if (x < SmallestExponent)
            return 0;

        double shifted = Math.FusedMultiplyAdd(x, Log2E, RoundingShift);
        double n = shifted - RoundingShift;
        double r = Math.FusedMultiplyAdd(-n, Ln2Low, Math.FusedMultiplyAdd(-n, Ln2High, x));

        // In two factors: 2^n alone leaves the normal doubles at both ends of the range. Products of normal doubles by 2^k are exact.
        int half = (int)n / 2;
        return ExpPolynomial(r) * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>
    /// Writes e^(x[i] - shift) to <paramref name="destination"/> and returns the sum of what was written. Each difference is taken in
    /// single precision, each result is the double result rounded once. Intended for shift = max(x), the numerators of a softmax:
    /// differences above 88 overflow to infinity.
    /// </summary>
    /// <param name="x">[n] values; minus infinity gives zero; NaN is not allowed.</param>
    /// <param name="shift">Finite value subtracted from each.</param>
    /// <param name="destination">[n] results; may be <paramref name="x"/> itself.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than <paramref name="x"/>.</exception>
    public static double Exp(ReadOnlySpan<float> x, float shift, Span<float> destination)
    {
        if (destination.Length < x.Length)
            throw new ArgumentException($"The destination holds {destination.Length} numbers, {x.Length} are needed.", nameof(destination));

        int i = 0;
        for (; i <= x.Length - Vector<float>.Count; i += Vector<float>.Count)
        {
            Vector.Widen(new Vector<float>(x[i..]) - new Vector<float>(shift), out Vector<double> low, out Vector<double> high);
            Vector.Narrow(ExpForFloat(low), ExpForFloat(high)).CopyTo(destination[i..]);
        }

        for (; i < x.Length; i++)
            destination[i] = (float)Exp(Math.Clamp((double)(x[i] - shift), FloatUnderflow, -FloatUnderflow));
        return Sum(destination[..x.Length]);
    }

    /// <summary>
    /// The sum of the elements in double precision, element i in partial sum i mod 8 whatever the vector width of the machine.
    /// </summary>
    public static double Sum(ReadOnlySpan<float> x)
    {
        double s0 = 0, s1 = 0, s2 = 0, s3 = 0, s4 = 0, s5 = 0, s6 = 0, s7 = 0;
        while (x.Length >= 8)
        {
            s0 += x[0];
            s1 += x[1];
            s2 += x[2];
            s3 += x[3];
            s4 += x[4];
            s5 += x[5];
            s6 += x[6];
            s7 += x[7];
            x = x[8..];
        }

        double tail = 0;
        foreach (float value in x)
            tail += value;
        return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7)) + tail;
    }

    /// <summary>
    /// The natural logarithm. The relative error is below 2^-50; zero gives minus infinity, a negative number NaN.
    /// </summary>
    public static double Log(double x)
    {
        if (x == 0)
            return double.NegativeInfinity;
        if (double.IsNaN(x) || x < 0)
            return double.NaN;
        if (double.IsPositiveInfinity(x))
            return x;

        int exponent = 0;
        if (!double.IsNormal(x))
        {
            x *= 1L << 54;
            exponent = -54;
        }

        // x = 2^exponent * m with m in [sqrt(1/2), sqrt(2)), so that numbers near one have exponent zero and nothing cancels.
        const long HalfRootBits = 0x3FE6A09E667F3BCD;
        long bits = BitConverter.DoubleToInt64Bits(x);
        long biased = (bits - HalfRootBits) >> 52;
        exponent += (int)biased;
        double m = BitConverter.Int64BitsToDouble(bits - (biased << 52));

        // ln m = 2 artanh(f), f = (m - 1) / (m + 1): an odd series in f with |f| < 0.1716.
        double f = (m - 1) / (m + 1);
        double z = f * f;
        double series = 1.0 / 21;
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 19);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 17);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 15);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 13);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 11);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 9);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 7);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 5);
        series = Math.FusedMultiplyAdd(series, z, 1.0 / 3);
        double logM = Math.FusedMultiplyAdd(2 * f * z, series, 2 * f);
        return Math.FusedMultiplyAdd(exponent, Ln2High, Math.FusedMultiplyAdd(exponent, Ln2Low, logM));
    }

    /// <summary>The logarithm to base two, with the error of <see cref="Log"/> and one rounding more.</summary>
    public static double Log2(double x) => Log(x) * Log2E;

    /// <summary>
    /// x^y for x >= 0. The relative error grows with the exponent of the result: below |y ln x| * 2^-49 + 2^-50.
    /// A negative x gives NaN; x^0 is one; 0^y is zero for y > 0 and infinity for y &lt; 0.
    /// </summary>
    public static double Pow(double x, double y)
    {
        if (y == 0)
            return 1;
        return x == 0
            ? (y > 0 ? 0 : double.PositiveInfinity)
            : Exp(y * Log(x));
    }

    // Taylor's series of e^r to r^13: for |r| <= ln(2)/2 the rest is below 2^-57.
    private static double ExpPolynomial(double r)
    {
        double p = 1.0 / 6227020800;
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 479001600);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 39916800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 3628800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 362880);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 40320);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 5040);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 720);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 120);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 24);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 6);
        p = Math.FusedMultiplyAdd(p, r, 0.5);
        p = Math.FusedMultiplyAdd(p, r, 1);
        return Math.FusedMultiplyAdd(p, r, 1);
    }

    // The steps of Exp lane by lane, without its special cases: the clamp makes the result exact after rounding to float.
    private static Vector<double> ExpForFloat(Vector<double> x)
    {
        x = Vector.Min(Vector.Max(x, new Vector<double>(FloatUnderflow)), new Vector<double>(-FloatUnderflow));
        Vector<double> shifted = Vector.FusedMultiplyAdd(x, new Vector<double>(Log2E), new Vector<double>(RoundingShift));
        Vector<double> n = shifted - new Vector<double>(RoundingShift);
        Vector<double> r = Vector.FusedMultiplyAdd(-n, new Vector<double>(Ln2High), x);
        r = Vector.FusedMultiplyAdd(-n, new Vector<double>(Ln2Low), r);

        var p = new Vector<double>(1.0 / 6227020800);
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 479001600));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 39916800));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 3628800));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 362880));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 40320));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 5040));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 720));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 120));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 24));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(1.0 / 6));
        p = Vector.FusedMultiplyAdd(p, r, new Vector<double>(0.5));
        p = Vector.FusedMultiplyAdd(p, r, Vector<double>.One);
        p = Vector.FusedMultiplyAdd(p, r, Vector<double>.One);

        // The low bits of the shifted sum are n; moved to the exponent field and added to the bits of 1.0 they make 2^n.
        Vector<long> scale = (Vector.AsVectorInt64(shifted) << 52) + Vector.AsVectorInt64(Vector<double>.One);
        return p * Vector.AsVectorDouble(scale);
    }

    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);
}
