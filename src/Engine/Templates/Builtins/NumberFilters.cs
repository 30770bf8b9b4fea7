using System.Numerics;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters that make numbers, or text of numbers.</summary>
internal static class NumberFilters
{
    public static Value Abs(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("abs");
        Arithmetic.RefuseUndefined(input);
        return input.Kind switch
        {
            ValueKind.Float => Value.From(Math.Abs(input.Float)),
            ValueKind.Boolean or ValueKind.Integer => Value.From(BigInteger.Abs(input.Integer)),
            _ => throw new Fault($"bad operand type for abs(): '{input.TypeName}'"),
        };
    }

    public static Value Int(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("int", 0, "default", "base");
        Arithmetic.RefuseUndefined(input);
        int radix = bound.Integer(1, 10);
        switch (input.Kind)
        {
            case ValueKind.Boolean or ValueKind.Integer:
                return Value.From(input.Integer);
            case ValueKind.Float when double.IsFinite(input.Float):
                return Numbers.Truncate(input.Float);
            case ValueKind.String:
                long digits = Math.Min(input.String.Length, Numbers.MaxDigits);
                context.Meter.Scan(input.String.Length + (digits * digits));
                if (radix is 0 or (>= 2 and <= 36) && Numbers.TryParseInteger(input.String, radix, out var integer))
                {
                    return integer;
                }

                if (Numbers.TryParseFloat(input.String, out double real) && double.IsFinite(real))
                {
                    return Numbers.Truncate(real);
                }

                break;
        }

        return bound[0] ?? Value.From(0L);
    }

    public static Value Float(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("float", 0, "default");
        Arithmetic.RefuseUndefined(input);
        if (input.IsNumber)
        {
            return Value.From(Numbers.ToDouble(input));
        }

        context.Meter.Scan(input.IsString ? input.String.Length : 0);
        return input.IsString && Numbers.TryParseFloat(input.String, out double real)
            ? Value.From(real)
            : bound[0] ?? Value.From(0.0);
    }

    public static Value Round(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("round", 0, "precision", "method");
        Arithmetic.RefuseUndefined(input);
        int precision = bound.Integer(0);
        string method = bound.Text(1, "common");
        if (!input.IsNumber)
        {
            throw new Fault($"'round' needs a number, not '{input.TypeName}'");
        }

        if (method is not ("common" or "ceil" or "floor"))
        {
            throw new Fault("the method of 'round' must be common, ceil or floor");
        }

        if (method == "common")
        {
            context.Meter.Step(input.Kind == ValueKind.Float ? FloatText.Cost(input.Float, precision) : Numbers.Cost(input));
            return input.Kind == ValueKind.Float
                ? Value.From(FloatText.Round(input.Float, precision))
                : RoundInteger(input.Integer, precision);
        }

        var scale = Arithmetic.Apply(context, "**", Value.From(10L), Value.From((long)precision));
        var scaled = Arithmetic.Apply(context, "*", input, scale);
        if (scaled.Kind == ValueKind.Float)
        {
            scaled = Numbers.Truncate(method == "ceil" ? Math.Ceiling(scaled.Float) : Math.Floor(scaled.Float));
        }

        return Arithmetic.Apply(context, "/", scaled, scale);
    }

    public static Value Sum(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("sum", 0, "attribute", "start");
        var path = AttributePath.Parse(context, bound.Optional(0));
        var total = bound[1] ?? Value.From(0L);
        if (total.IsString)
        {
            throw new Fault("sum() can't sum strings; 'join' does");
        }

        foreach (var item in Iteration.Items(context, input))
        {
            context.Meter.Step();
            total = Arithmetic.Apply(context, "+", total, path.Read(context, item));
        }

        return total;
    }

    public static Value FileSizeFormat(RenderContext context, Value input, Arguments arguments)
    {
        bool binary = arguments.Bind("filesizeformat", 0, "binary").Flag(0);
        context.Meter.Scan(input.IsString ? input.String.Length : 0);
        double bytes = input.IsString && Numbers.TryParseFloat(input.String, out double parsed)
            ? parsed
            : input.IsNumber ? Numbers.ToDouble(input) : throw new Fault($"'filesizeformat' needs a number, not '{input.TypeName}'");
        int unit = binary ? 1024 : 1000;
        if (bytes == 1)
        {
            return Value.From("1 Byte");
        }

        if (bytes < unit)
        {
            return Value.From($"{ValueText.IntegerText(context, Numbers.Truncate(bytes))} Bytes");
        }

        // The limits are integers that no float holds from ZB up, so they are compared exactly.
        int prefix = 0;
        var limit = BigInteger.Pow(unit, 2);
        while (prefix < 7 && Numbers.TryCompare(Value.From(bytes), Value.From(limit), out int order) && order >= 0)
        {
            prefix++;
            limit *= unit;
        }

        double size = unit * bytes / Numbers.ToDouble(Value.From(limit));
        string digits = double.IsFinite(size) ? FloatText.Fixed(size, 1) : FloatText.NonFinite(size);
        return Value.From($"{digits} {(binary ? "KMGTPEZY" : "kMGTPEZY")[prefix]}{(binary ? "iB" : "B")}");
    }

    // Only a negative precision changes an integer: it rounds to tens, hundreds and so on, half to even.
    private static Value RoundInteger(BigInteger value, int precision)
    {
        if (precision >= 0)
        {
            return Value.From(value);
        }

        if (-(long)precision > Numbers.MaxDigits)
        {
            return Value.From(0L);
        }

        var unit = BigInteger.Pow(10, -precision);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out var rest);
        int half = (rest * 2).CompareTo(unit);
        quotient += half > 0 || (half == 0 && !quotient.IsEven) ? 1 : 0;
        return Numbers.Checked(quotient * unit * value.Sign);
    }
}
