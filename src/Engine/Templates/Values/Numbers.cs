using System.Globalization;
using System.Numerics;

namespace Hearth.Engine.Templates.Values;

/// <summary>Python's numbers: integers of any size (within a bound), floats, and booleans that count as 0 and 1.</summary>
internal static class Numbers
{
    /// <summary>Python refuses to print integers of more digits; here they cannot come to be.</summary>
    public const int MaxDigits = 4300;

    private const int MaxBits = 14_284; // 10^4300 has 14285 bits

    /// <summary>What an operand multiplies the price of an operation by: one, or more for integers that no long holds.</summary>
    public static long Cost(Value value)
        => value.Kind != ValueKind.Integer || value.TryGetLong(out _) ? 1 : 1 + (value.Integer.GetBitLength() >> 8);

    /// <summary>An integer value, refused where it has grown too large.</summary>
    public static Value Checked(BigInteger value)
        => value.GetBitLength() <= MaxBits ? Value.From(value) : throw new Fault($"an integer has more than {MaxDigits} digits");

    /// <summary>The number as a float, as Python's <c>float()</c> converts it.</summary>
    public static double ToDouble(Value value)
    {
        if (value.Kind == ValueKind.Float)
        {
            return value.Float;
        }

        // The conversion of a BigInteger does not round; reading its digits does.
        double real = value.TryGetLong(out long small)
            ? small
            : double.Parse(value.Integer.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return double.IsFinite(real) ? real : throw new Fault("int too large to convert to float");
    }

    /// <summary>Python's <c>int(float)</c>: cuts the fraction off.</summary>
    public static Value Truncate(double value)
    {
        if (double.IsNaN(value))
        {
            throw new Fault("cannot convert float NaN to integer");
        }

        return double.IsInfinity(value)
            ? throw new Fault("cannot convert float infinity to integer")
            : Value.From(new BigInteger(value));
    }

    public static bool AreEqual(Value x, Value y)
        => x.Kind == ValueKind.Float && y.Kind == ValueKind.Float
            ? x.Float == y.Float
            : TryCompare(x, y, out int order) && order == 0;

    /// <summary>Compares two numbers by their exact values.</summary>
    /// <returns>False if one of them is not a number in the sense of IEEE 754, and so neither less, equal nor greater.</returns>
    public static bool TryCompare(Value x, Value y, out int order)
    {
        order = 0;
        if (x.Kind != ValueKind.Float && y.Kind != ValueKind.Float)
        {
            order = x.TryGetLong(out long a) && y.TryGetLong(out long b) ? a.CompareTo(b) : x.Integer.CompareTo(y.Integer);
            return true;
        }

        if (x.Kind == ValueKind.Float && y.Kind == ValueKind.Float)
        {
            order = x.Float.CompareTo(y.Float);
            return !double.IsNaN(x.Float) && !double.IsNaN(y.Float);
        }

        if (x.Kind == ValueKind.Float)
        {
            bool ordered = TryCompare(y, x, out order);
            order = -order;
            return ordered;
        }

        double real = y.Float;
        if (!double.IsFinite(real))
        {
            order = real > 0 ? -1 : 1;
            return !double.IsNaN(real);
        }

        // Through the integer part, because a float cannot hold every integer.
        double whole = Math.Floor(real);
        order = x.Integer.CompareTo(new BigInteger(whole));
        order = order == 0 && real > whole ? -1 : order;
        return true;
    }

    /// <summary>Reads text as Python's <c>int(text, base)</c> does: blanks around, a sign, underscores between digits, a prefix.</summary>
    public static bool TryParseInteger(ReadOnlySpan<char> text, int radix, out Value value)
    {
        value = default;
        text = PythonText.Trim(text);
        bool negative = TakeSign(ref text);
        if (text.Length > 2 && text[0] == '0' && RadixOfPrefix(text[1]) is int prefixed && (radix == prefixed || radix == 0))
        {
            radix = prefixed;
            text = text[2..];
            text = text[0] == '_' ? text[1..] : text;
        }
        else if (radix == 0)
        {
            radix = 10;
        }

        if (text.Length > MaxDigits || !HasSeparatedDigits(text))
        {
            return false;
        }

        var total = BigInteger.Zero;
        foreach (char c in text)
        {
            if (c == '_')
            {
                continue;
            }

            int digit = DigitOf(c);
            if (digit < 0 || digit >= radix)
            {
                return false;
            }

            total = (total * radix) + digit;
        }

        value = Value.From(negative ? -total : total);
        return true;
    }

    /// <summary>Reads text as Python's <c>float(text)</c> does.</summary>
    public static bool TryParseFloat(ReadOnlySpan<char> text, out double value)
    {
        value = 0;
        text = PythonText.Trim(text);
        var unsigned = text;
        bool negative = TakeSign(ref unsigned);
        if (unsigned.Equals("inf", StringComparison.OrdinalIgnoreCase) || unsigned.Equals("infinity", StringComparison.OrdinalIgnoreCase))
        {
            value = negative ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        if (unsigned.Equals("nan", StringComparison.OrdinalIgnoreCase))
        {
            value = double.NaN;
            return true;
        }

        for (int i = 0; i < text.Length; i++)
        {
            bool separates = text[i] == '_' && i > 0 && i + 1 < text.Length
                && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]);
            if (!separates && !char.IsAsciiDigit(text[i]) && text[i] is not ('.' or '+' or '-' or 'e' or 'E'))
            {
                return false;
            }
        }

        return double.TryParse(
            text.ToString().Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool TakeSign(ref ReadOnlySpan<char> text)
    {
        bool negative = text.StartsWith('-');
        text = negative || text.StartsWith('+') ? text[1..] : text;
        return negative;
    }

    private static int? RadixOfPrefix(char letter) => letter switch
    {
        'x' or 'X' => 16,
        'o' or 'O' => 8,
        'b' or 'B' => 2,
        _ => null,
    };

    // Underscores stand singly between digits.
    private static bool HasSeparatedDigits(ReadOnlySpan<char> text)
        => text.Length > 0 && text[0] != '_' && text[^1] != '_' && !text.Contains("__", StringComparison.Ordinal);

    private static int DigitOf(char c) => c switch
    {
        >= '0' and <= '9' => c - '0',
        >= 'a' and <= 'z' => c - 'a' + 10,
        >= 'A' and <= 'Z' => c - 'A' + 10,
        _ => CharUnicodeInfo.GetDecimalDigitValue(c),
    };
}
