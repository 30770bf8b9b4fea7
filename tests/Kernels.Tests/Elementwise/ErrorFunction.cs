namespace Hearth.Kernels.Tests.Elementwise;

/// <summary>erfc in double precision: the power series near zero, the continued fraction in the tail.</summary>
internal static class ErrorFunction
{
    public static double Complement(double z)
    {
        if (z < 0)
            return 2 - Complement(-z);
        if (z > 2)
        {
            double fraction = 0;
            for (int n = 200; n >= 1; n--)
                fraction = n / 2.0 / (z + fraction);
            return Math.Exp(-z * z) / Math.Sqrt(Math.PI) / (z + fraction);
        }

        double term = z, sum = z;
        for (int n = 1; n < 200; n++)
        {
            term *= 2 * z * z / (2 * n + 1);
            sum += term;
        }

        return 1 - 2 / Math.Sqrt(Math.PI) * Math.Exp(-z * z) * sum;
    }
}
