using System.Globalization;
using System.Numerics;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Python's <c>text % values</c>.</summary>
internal ref struct PercentFormat
{
    private readonly RenderContext context;
    private readonly bool markup;
    private readonly Value values;
    private readonly TextBuilder output;
    private ReadOnlySpan<char> rest;
    private int used;

    private PercentFormat(RenderContext context, Value format, Value values)
    {
        this.context = context;
        this.values = values;
        markup = format.IsMarkup;
        rest = format.String;
        output = new TextBuilder(context.Meter);
    }

    /// <summary>Formats <paramref name="values"/>: a tuple's items, a dictionary's entries by name, or one value.</summary>
    public static Value Format(RenderContext context, Value format, Value values)
    {
        var run = new PercentFormat(context, format, values);
        run.Run();
        return Value.Text(run.output.ToString(), format.IsMarkup);
    }

    private void Run()
    {
        while (!rest.IsEmpty)
        {
            int percent = rest.IndexOf('%');
            if (percent < 0)
            {
                output.Append(rest);
                break;
            }

            output.Append(rest[..percent]);
            rest = rest[(percent + 1)..];
            context.Meter.Step();
            Convert();
        }

        // Python takes whatever can be indexed for a mapping, of which entries may be left over.
        bool isMapping = values.Kind is ValueKind.Dict or ValueKind.List or ValueKind.Undefined
            || (values.Kind == ValueKind.Object && values.Object.IsIndexable);
        if (!isMapping && used < (values.Kind == ValueKind.Tuple ? values.Items.Length : 1))
        {
            throw new Fault("not all arguments converted during string formatting");
        }
    }

    private void Convert()
    {
        Value? named = null;
        if (rest.StartsWith('('))
        {
            named = TakeNamed();
        }

        var spec = TakeFlags();
        int width = TakeNumber() ?? 0;
        spec = width < 0 ? spec with { Width = -width, Align = '<', Fill = " " } : spec with { Width = width };
        if (rest.StartsWith('.'))
        {
            rest = rest[1..];
            spec = spec with { Precision = Math.Max(0, TakeNumber() ?? 0) };
        }

        while (rest.Length > 0 && rest[0] is 'h' or 'l' or 'L')
        {
            rest = rest[1..];
        }

        if (rest.IsEmpty)
        {
            throw new Fault("incomplete format");
        }

        char type = rest[0];
        rest = rest[1..];
        if (type == '%')
        {
            output.Append('%');
            return;
        }

        output.Append(Convert(spec with { Type = type }, named ?? TakeValue()));
    }

    private readonly string Convert(FormatSpec spec, Value value)
    {
        switch (spec.Type)
        {
            case 's' or 'r' or 'a':
                string text = spec.Type == 's' ? ValueText.Str(context, value) : ValueText.Repr(context, value);
                text = spec.Type == 'a' ? BraceFormat.ToAscii(context, text) : text;
                text = markup ? MarkupText.Escape(context, value.IsMarkup ? value : Value.From(text)) : text;
                return PadText(spec, spec.CutText(context, text));
            case 'c':
                bool isText = value.IsString && PythonText.Length(value.String) == 1;
                return isText || value.IsIntegral
                    ? PadText(spec, isText ? value.String : FormatSpec.Character(value))
                    : throw new Fault("%c requires int or char");
            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                return PadInteger(spec, ToInteger(spec.Type, value));
            case 'e' or 'E' or 'f' or 'F' or 'g' or 'G':
                return spec.FormatFloat(context, ToFloat(value));
            default:
                throw new Fault($"unsupported format character '{spec.Type}'");
        }
    }

    // Unlike in str.format, texts stand right where nothing is said, and zeros never pad them.
    private readonly string PadText(FormatSpec spec, string text)
        => (spec with { Fill = " ", Align = spec.Align == '<' ? '<' : '>' }).PadText(context, text);

    private readonly string PadInteger(FormatSpec spec, BigInteger value)
    {
        if (spec.Precision < 0)
        {
            return spec.FormatInteger(context, value);
        }

        // A precision is the least number of digits.
        string digits = (spec with { Width = 0, Sign = '-', Alternate = false }).FormatInteger(context, BigInteger.Abs(value));
        context.Meter.Text(spec.Precision);
        string sign = value.Sign < 0 ? "-" : spec.Sign is '+' or ' ' ? spec.Sign.ToString() : "";
        string mark = spec.Alternate && spec.Type is 'x' or 'X' or 'o' ? $"0{spec.Type}" : "";
        return PadText(spec, sign + mark + digits.PadLeft(spec.Precision, '0'));
    }

    private static BigInteger ToInteger(char type, Value value)
    {
        if (value.Kind == ValueKind.Float && type is 'd' or 'i' or 'u')
        {
            return Numbers.Truncate(value.Float).Integer;
        }

        return value.IsIntegral
            ? value.Integer
            : throw new Fault(type is 'd' or 'i' or 'u'
                ? $"%{type} format: a real number is required, not {value.TypeName}"
                : $"%{type} format: an integer is required, not {value.TypeName}");
    }

    private static double ToFloat(Value value)
        => value.IsNumber ? Numbers.ToDouble(value) : throw new Fault($"must be real number, not {value.TypeName}");

    private FormatSpec TakeFlags()
    {
        var spec = new FormatSpec();
        for (; rest.Length > 0; rest = rest[1..])
        {
            switch (rest[0])
            {
                case '-':
                    spec = spec with { Align = '<', Fill = " " };
                    break;
                case '0' when spec.Align != '<':
                    spec = spec with { Align = '=', Fill = "0" };
                    break;
                case '0':
                    break;
                case '+':
                    spec = spec with { Sign = '+' };
                    break;
                case ' ':
                    spec = spec.Sign == '+' ? spec : spec with { Sign = ' ' };
                    break;
                case '#':
                    spec = spec with { Alternate = true };
                    break;
                default:
                    return spec;
            }
        }

        return spec;
    }

    // Digits, or a star for the next value.
    private int? TakeNumber()
    {
        if (rest.StartsWith('*'))
        {
            rest = rest[1..];
            var value = TakeValue();
            return value.TryGetLong(out long number) && number is > int.MinValue and <= int.MaxValue
                ? (int)number
                : throw new Fault("* wants int");
        }

        int length = 0;
        while (length < rest.Length && char.IsAsciiDigit(rest[length]))
        {
            length++;
        }

        var digits = rest[..length];
        rest = rest[length..];
        if (length == 0)
        {
            return null;
        }

        return int.TryParse(digits, CultureInfo.InvariantCulture, out int parsed) ? parsed : throw new Fault("width too big");
    }

    private Value TakeNamed()
    {
        if (values.Kind != ValueKind.Dict)
        {
            throw new Fault("format requires a mapping");
        }

        int depth = 0, length = 0;
        do
        {
            depth += length < rest.Length ? rest[length] switch { '(' => 1, ')' => -1, _ => 0 } : throw new Fault("incomplete format key");
            length++;
        }
        while (depth > 0);

        string key = rest[1..(length - 1)].ToString();
        rest = rest[length..];
        return values.Dict.TryGet(key, out var value) ? value : throw new Fault($"the format's key '{key}' is missing");
    }

    private Value TakeValue()
    {
        int place = used++;
        if (values.Kind == ValueKind.Tuple)
        {
            return place < values.Items.Length ? values.Items[place] : throw new Fault("not enough arguments for format string");
        }

        return place == 0 ? values : throw new Fault("not enough arguments for format string");
    }
}
