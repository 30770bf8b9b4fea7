namespace Hearth.Kernels.Elementwise;

/// <content>Sine and cosine: the angles of rotary embedding, position times frequency, reach the length of the context.</content>
public static partial class PortableMath
{
    // pi / 2 in two parts. The first has 33 bits: with a fused multiply-add x - n * first is exact for every x in range.
    private const double HalfPiHigh = 1.57079632673412561417e+00;
    private const double HalfPiLow = 6.07710050650619224932e-11;
    private const double InverseHalfPi = 6.36619772367581382433e-01;

    /// <summary>The largest angle that <see cref="SinCos"/> takes, 2^30.</summary>
    public const double LargestAngle = 1 << 30;

    /// <summary>Sine and cosine of x; the absolute error is below 2^-51.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="x"/> is not a number or beyond <see cref="LargestAngle"/>.</exception>
    public static (double Sin, double Cos) SinCos(double x)
    {
        if (!(Math.Abs(x) <= LargestAngle))
            throw new ArgumentOutOfRangeException(nameof(x), x, $"The angle lies outside ±{LargestAngle}.");

        double n = Math.FusedMultiplyAdd(x, InverseHalfPi, RoundingShift) - RoundingShift;
        double r = Math.FusedMultiplyAdd(-n, HalfPiLow, Math.FusedMultiplyAdd(-n, HalfPiHigh, x));
        double z = r * r;
        double sin = Math.FusedMultiplyAdd(r * z, SinSeries(z), r);
        double cos = Math.FusedMultiplyAdd(z * z, CosSeries(z), Math.FusedMultiplyAdd(-0.5, z, 1));
        return ((long)n & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    // (sin r - r) / r^3 by Taylor's series to r^17: for |r| <= pi / 4 the rest is below 2^-63.
    private static double SinSeries(double z)
    {
        double p = 1.0 / 355687428096000;
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 1307674368000);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 6227020800);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 39916800);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 362880);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 5040);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 120);
        return Math.FusedMultiplyAdd(p, z, -1.0 / 6);
    }

    // (cos r - 1 + r^2 / 2) / r^4 by Taylor's series to r^18: for |r| <= pi / 4 the rest is below 2^-67.
    private static double CosSeries(double z)
    {
        double p = -1.0 / 6402373705728000;
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 20922789888000);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 87178291200);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 479001600);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 3628800);
        p = Math.FusedMultiplyAdd(p, z, 1.0 / 40320);
        p = Math.FusedMultiplyAdd(p, z, -1.0 / 720);
        return Math.FusedMultiplyAdd(p, z, 1.0 / 24);
    }
}
