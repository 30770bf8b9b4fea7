using System.Numerics;
using Hearth.Engine.Templates.Builtins;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>Python's arithmetic operators on values.</summary>
internal static class Arithmetic
{
    public static Value Apply(RenderContext context, string symbol, Value x, Value y)
    {
        RefuseUndefined(x);
        if (symbol == "%" && x.IsString)
        {
            return PercentFormat.Format(context, x, y);
        }

        RefuseUndefined(y);
        if (x.IsNumber && y.IsNumber)
        {
            context.Meter.Step(Numbers.Cost(x) * Numbers.Cost(y));
            return x.Kind == ValueKind.Float || y.Kind == ValueKind.Float || symbol == "/"
                ? OfFloats(symbol, x, y)
                : OfIntegers(context, symbol, x, y);
        }

        return symbol switch
        {
            "+" when x.Kind == y.Kind && IsSequence(x) => Join(context, x, y),
            "*" when x.IsIntegral && IsSequence(y) => Repeat(context, y, x),
            "*" when y.IsIntegral && IsSequence(x) => Repeat(context, x, y),
            _ => throw new Fault($"unsupported operand type(s) for {symbol}: '{x.TypeName}' and '{y.TypeName}'"),
        };
    }

    public static Value Negate(Value x)
    {
        RefuseUndefined(x);
        return x.Kind switch
        {
            ValueKind.Float => Value.From(-x.Float),
            ValueKind.Boolean or ValueKind.Integer => Value.From(-x.Integer),
            _ => throw new Fault($"bad operand type for unary -: '{x.TypeName}'"),
        };
    }

    public static Value Plus(Value x)
    {
        RefuseUndefined(x);
        return x.Kind switch
        {
            ValueKind.Float => x,
            ValueKind.Boolean or ValueKind.Integer => Value.From(x.Integer),
            _ => throw new Fault($"bad operand type for unary +: '{x.TypeName}'"),
        };
    }

    /// <summary>Fails as any use of an undefined value other than printing and testing fails.</summary>
    public static void RefuseUndefined(Value value)
    {
        if (value.IsUndefined)
        {
            throw new Fault(value.UndefinedMessage);
        }
    }

    /// <summary>Repeats a text, list or tuple; a negative count gives nothing.</summary>
    public static Value Repeat(RenderContext context, Value x, Value times)
    {
        int length = x.IsString ? x.String.Length : x.Items.Length;
        var wanted = times.Integer;
        if (wanted <= 0 || length == 0)
        {
            return x.IsString ? Value.Text("", x.IsMarkup) : OfKind(x, []);
        }

        // Past an int the limits are passed anyway, so the product below cannot overflow a long.
        long count = (long)BigInteger.Min(wanted, int.MaxValue);
        if (x.IsString)
        {
            context.Meter.Text(count * length);
            return Value.Text(string.Create((int)count * length, x.String, static (target, unit) =>
            {
                for (int i = 0; i < target.Length; i += unit.Length)
                {
                    unit.CopyTo(target[i..]);
                }
            }), x.IsMarkup);
        }

        context.Meter.Step(count * length);
        var items = new Value[(int)count * length];
        for (int i = 0; i < items.Length; i += length)
        {
            x.Items.CopyTo(items, i);
        }

        return OfKind(x, items);
    }

    private static bool IsSequence(Value x) => x.Kind is ValueKind.String or ValueKind.List or ValueKind.Tuple;

    private static Value OfKind(Value like, Value[] items) => like.Kind == ValueKind.List ? Value.List(items) : Value.Tuple(items);

    private static Value Join(RenderContext context, Value x, Value y)
    {
        if (x.IsString)
        {
            // HTML joined with plain text escapes the plain part and stays HTML.
            bool markup = x.IsMarkup || y.IsMarkup;
            string left = markup ? MarkupText.Escape(context, x) : x.String;
            string right = markup ? MarkupText.Escape(context, y) : y.String;
            context.Meter.Text((long)left.Length + right.Length);
            return Value.Text(left + right, markup);
        }

        context.Meter.Step((long)x.Items.Length + y.Items.Length);
        return OfKind(x, [.. x.Items, .. y.Items]);
    }

    private static Value OfIntegers(RenderContext context, string symbol, Value x, Value y)
    {
        if (x.TryGetLong(out long a) && y.TryGetLong(out long b) && OfLongs(symbol, a, b) is { } result)
        {
            return result;
        }

        BigInteger left = x.Integer, right = y.Integer;
        switch (symbol)
        {
            case "+":
                return Numbers.Checked(left + right);
            case "-":
                return Numbers.Checked(left - right);
            case "*":
                return Numbers.Checked(left * right);
            case "**":
                context.Meter.Step(Numbers.MaxDigits);
                return Power(left, right);
        }

        if (right.IsZero)
        {
            throw new Fault("integer division or modulo by zero");
        }

        var quotient = BigInteger.DivRem(left, right, out var rest);
        bool roundsDown = !rest.IsZero && rest.Sign != right.Sign;
        return symbol == "//"
            ? Value.From(roundsDown ? quotient - 1 : quotient)
            : Value.From(roundsDown ? rest + right : rest);
    }

    // The everyday case; null where the result does not fit or the general code should fail.
    private static Value? OfLongs(string symbol, long a, long b)
    {
        Int128 wide = symbol switch
        {
            "+" => (Int128)a + b,
            "-" => (Int128)a - b,
            "*" => (Int128)a * b,
            _ => Int128.MaxValue,
        };
        return wide >= long.MinValue && wide <= long.MaxValue ? Value.From((long)wide) : null;
    }

    private static Value Power(BigInteger x, BigInteger exponent)
    {
        if (exponent < 0)
        {
            return x.IsZero
                ? throw new Fault("0.0 cannot be raised to a negative power")
                : Value.From(Math.Pow((double)x, (double)exponent));
        }

        if (x.IsZero || x.IsOne || x == BigInteger.MinusOne)
        {
            return Value.From(exponent.IsZero ? BigInteger.One : x.Sign < 0 && exponent.IsEven ? BigInteger.One : x);
        }

        // The result has about this many bits; computing it is refused before it is large.
        bool fits = exponent <= int.MaxValue && (x.GetBitLength() - 1) * (double)exponent <= Numbers.MaxDigits * 4;
        return fits
            ? Numbers.Checked(BigInteger.Pow(x, (int)exponent))
            : throw new Fault($"an integer has more than {Numbers.MaxDigits} digits");
    }

    private static Value OfFloats(string symbol, Value x, Value y)
    {
        if (symbol == "/" && x.Kind != ValueKind.Float && y.Kind != ValueKind.Float)
        {
            return Value.From(DivideIntegers(x.Integer, y.Integer));
        }

        double a = Numbers.ToDouble(x), b = Numbers.ToDouble(y);
        if (b == 0 && symbol is ("/" or "//" or "%"))
        {
            throw new Fault(symbol == "/" ? "float division by zero" : "float floor division or modulo by zero");
        }

        return Value.From(symbol switch
        {
            "+" => a + b,
            "-" => a - b,
            "*" => a * b,
            "/" => a / b,
            "//" => FloorDivide(a, b),
            "%" => Modulo(a, b),
            _ => Power(a, b),
        });
    }

    /// <summary>The quotient of two integers, correctly rounded even where neither fits a float.</summary>
    private static double DivideIntegers(BigInteger x, BigInteger y)
    {
        if (y.IsZero)
        {
            throw new Fault("division by zero");
        }

        const long exact = 1L << 53;
        if (BigInteger.Abs(x) <= exact && BigInteger.Abs(y) <= exact)
        {
            return (double)x / (double)y;
        }

        // Scale so that the quotient fits a long with more bits than a float has; a sticky last bit keeps the rounding right.
        BigInteger dividend = BigInteger.Abs(x), divisor = BigInteger.Abs(y);
        int shift = (int)(62 - (dividend.GetBitLength() - divisor.GetBitLength()));
        dividend <<= Math.Max(0, shift);
        divisor <<= Math.Max(0, -shift);
        var quotient = BigInteger.DivRem(dividend, divisor, out var rest);
        double magnitude = Math.ScaleB((long)quotient | (rest.IsZero ? 0L : 1L), -shift);
        if (double.IsInfinity(magnitude))
        {
            throw new Fault("integer division result too large for a float");
        }

        return x.Sign * y.Sign < 0 ? -magnitude : magnitude;
    }

    private static double Modulo(double a, double b)
    {
        double rest = a % b;
        if (rest != 0)
        {
            return (b < 0) != (rest < 0) ? rest + b : rest;
        }

        return Math.CopySign(0.0, b);
    }

    private static double FloorDivide(double a, double b)
    {
        double rest = a % b;
        double quotient = (a - rest) / b;
        if (rest != 0 && (b < 0) != (rest < 0))
        {
            quotient -= 1;
        }

        if (quotient == 0)
        {
            return Math.CopySign(0.0, a / b);
        }

        // The division above may have landed just beside an integer.
        double floor = Math.Floor(quotient);
        return quotient - floor > 0.5 ? floor + 1 : floor;
    }

    private static double Power(double a, double b)
    {
        if (a == 0 && b < 0)
        {
            throw new Fault("0.0 cannot be raised to a negative power");
        }

        if (a < 0 && double.IsFinite(a) && double.IsFinite(b) && !double.IsInteger(b))
        {
            throw new Fault("a power of a negative number with a fraction is complex, which templates cannot use");
        }

        double result = Math.Pow(a, b);
        return double.IsInfinity(result) && double.IsFinite(a) && double.IsFinite(b)
            ? throw new Fault("the result of ** is too large for a float")
            : result;
    }
}
