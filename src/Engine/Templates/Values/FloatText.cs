using System.Globalization;
using System.Numerics;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// Floats as text, digit for digit as Python prints them: the shortest form that reads back, and the forms with a given number
/// of digits, which round the exact binary value half to even.
/// </summary>
internal static class FloatText
{
    /// <summary>The most digits after the point that a format may ask for.</summary>
    public const int MaxPrecision = 1000;

    /// <summary>Python's <c>repr</c>: the shortest digits, with an exponent from 1e16 up and below 1e-4.</summary>
    public static string Repr(double value)
    {
        if (!double.IsFinite(value))
        {
            return NonFinite(value);
        }

        var (digits, exponent) = ShortestDigits(Math.Abs(value));
        string text = exponent is >= -4 and < 16
            ? PlacePoint(digits, exponent, 1)
            : WithExponent(digits, exponent, keepPoint: false);
        return double.IsNegative(value) ? "-" + text : text;
    }

    /// <summary>The price of rounding a float to that many digits, in steps: it is exact, on integers that may be long.</summary>
    public static long Cost(double value, int digits)
    {
        int exponent = double.IsFinite(value) && value != 0 ? Math.Abs(Math.ILogB(value)) : 0;
        long size = 1 + ((exponent + (4 * Math.Min(MaxPrecision, Math.Abs((long)digits)))) >> 6);
        return size * size;
    }

    /// <summary>What Python prints for infinities and NaN.</summary>
    public static string NonFinite(double value) => double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";

    /// <summary>The format <c>f</c>, of a finite number without its sign.</summary>
    public static string Fixed(double magnitude, int decimals, bool keepPoint = false)
    {
        string digits = ScaledAndRounded(magnitude, decimals).ToString(CultureInfo.InvariantCulture).PadLeft(decimals + 1, '0');
        return decimals == 0 ? digits + (keepPoint ? "." : "") : $"{digits[..^decimals]}.{digits[^decimals..]}";
    }

    /// <summary>The format <c>e</c>, of a finite number without its sign.</summary>
    public static string Exponential(double magnitude, int decimals, bool keepPoint = false)
    {
        var (digits, exponent) = RoundedDigits(magnitude, decimals + 1);
        return WithExponent(digits, exponent, keepPoint);
    }

    /// <summary>The format <c>g</c>, of a finite number without its sign.</summary>
    public static string General(double magnitude, int precision, bool keepZeros = false, int exponentFrom = -1)
    {
        precision = Math.Max(1, precision);
        var (digits, exponent) = RoundedDigits(magnitude, precision);
        digits = keepZeros ? digits : digits.TrimEnd('0');
        digits = digits.Length == 0 ? "0" : digits;
        return exponent >= -4 && exponent < (exponentFrom < 0 ? precision : exponentFrom)
            ? PlacePoint(digits, exponent, 0) + (keepZeros && exponent + 1 >= digits.Length ? "." : "")
            : WithExponent(digits, exponent, keepPoint: keepZeros);
    }

    /// <summary>Python's <c>round(value, decimals)</c>.</summary>
    public static double Round(double value, int decimals)
    {
        // No float has a digit beyond these places.
        if (!double.IsFinite(value) || decimals > 324)
        {
            return value;
        }

        if (decimals < -310)
        {
            return Math.CopySign(0.0, value);
        }

        var scaled = ScaledAndRounded(Math.Abs(value), decimals);
        double rounded = double.Parse(
            $"{scaled.ToString(CultureInfo.InvariantCulture)}E{-decimals}", NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsInfinity(rounded)
            ? throw new Fault("rounded value too large to represent")
            : Math.CopySign(rounded, value);
    }

    /// <summary>magnitude * 10^decimals, rounded to the nearest integer, half to even.</summary>
    private static BigInteger ScaledAndRounded(double magnitude, int decimals)
    {
        long bits = BitConverter.DoubleToInt64Bits(magnitude);
        int power = (int)(bits >> 52) & 0x7FF;
        BigInteger numerator = power == 0 ? bits : (bits & 0xF_FFFF_FFFF_FFFF) | (1L << 52);
        int exponent = Math.Max(1, power) - 1075;
        var denominator = BigInteger.One << Math.Max(0, -exponent);
        numerator <<= Math.Max(0, exponent);
        if (decimals >= 0)
        {
            numerator *= BigInteger.Pow(10, decimals);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -decimals);
        }

        var quotient = BigInteger.DivRem(numerator, denominator, out var rest);
        int half = (rest << 1).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }

    /// <summary>The first <paramref name="count"/> digits and the power of ten of the first one.</summary>
    private static (string Digits, int Exponent) RoundedDigits(double magnitude, int count)
    {
        if (magnitude == 0)
        {
            return (new string('0', count), 0);
        }

        // The shortest form's exponent may be one off where either form rounds across a power of ten.
        int exponent = ShortestDigits(magnitude).Exponent;
        while (true)
        {
            string digits = ScaledAndRounded(magnitude, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count)
            {
                return (digits, exponent);
            }

            // Rounding up to a power of ten leaves one digit too many, always a zero.
            if (digits.Length > count && digits.AsSpan(1).IndexOfAnyExcept('0') < 0)
            {
                return (digits[..count], exponent + 1);
            }

            exponent += digits.Length > count ? 1 : -1;
        }
    }

    private static (string Digits, int Exponent) ShortestDigits(double magnitude)
    {
        string shortest = magnitude.ToString("R", CultureInfo.InvariantCulture);
        int e = shortest.IndexOf('E', StringComparison.Ordinal);
        string mantissa = e < 0 ? shortest : shortest[..e];
        int exponent = e < 0 ? 0 : int.Parse(shortest.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        int whole = point < 0 ? mantissa.Length : point;
        string digits = mantissa.Replace(".", "", StringComparison.Ordinal);
        string significant = digits.TrimStart('0');
        if (significant.Length == 0)
        {
            return ("0", 0);
        }

        return (significant.TrimEnd('0'), exponent + whole - 1 - (digits.Length - significant.Length));
    }

    // digits 1234, exponent 1 -> 12.34; at least minDecimals digits follow the point, and no point stands alone.
    private static string PlacePoint(string digits, int exponent, int minDecimals)
    {
        if (exponent < 0)
        {
            return "0." + new string('0', -exponent - 1) + digits;
        }

        string whole = digits.Length > exponent ? digits[..(exponent + 1)] : digits.PadRight(exponent + 1, '0');
        string fraction = digits.Length > exponent + 1 ? digits[(exponent + 1)..] : "";
        fraction = fraction.PadRight(minDecimals, '0');
        return fraction.Length == 0 ? whole : $"{whole}.{fraction}";
    }

    private static string WithExponent(string digits, int exponent, bool keepPoint)
    {
        string point = digits.Length > 1 || keepPoint ? "." : "";
        string sign = exponent < 0 ? "-" : "+";
        return $"{digits[0]}{point}{digits.AsSpan(1)}e{sign}{Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)}";
    }
}
