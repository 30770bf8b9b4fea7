using System.Globalization;
using System.Numerics;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// How a value is laid out as text: Python's format specification <c>[[fill]align][sign][z][#][0][width][grouping][.precision][type]</c>,
/// which the <c>%</c> operator shares in substance.
/// </summary>
internal sealed record FormatSpec
{
    // A text may have no sign, not even the one that changes nothing.
    private const char NoSign = '\0';

    public string Fill { get; init; } = " ";

    /// <summary>
    /// <c>&lt;</c>, <c>&gt;</c>, <c>^</c>, <c>=</c> (padding between sign and digits) or <c>0</c> (the same with zeros, if the value
    /// is a number); blank where not said.
    /// </summary>
    public char Align { get; init; } = ' ';

    /// <summary><c>-</c> (nothing), <c>+</c> or blank: what stands before a number that is not negative.</summary>
    public char Sign { get; init; } = NoSign;

    /// <summary>True for the marks of other bases and for points without digits.</summary>
    public bool Alternate { get; init; }

    /// <summary>True if zero is not printed with a minus sign.</summary>
    public bool NoNegativeZero { get; init; }

    public int Width { get; init; }

    /// <summary><c>,</c> or <c>_</c> between groups of digits; blank for none.</summary>
    public char Grouping { get; init; } = ' ';

    /// <summary>Digits after the point, significant digits, or characters of a text; -1 where not said.</summary>
    public int Precision { get; init; } = -1;

    /// <summary>The type's letter; blank where not said.</summary>
    public char Type { get; init; } = ' ';

    /// <summary>Reads a specification as <c>str.format</c> and <c>format()</c> know it.</summary>
    public static FormatSpec Parse(string text)
    {
        var rest = text.AsSpan();
        var spec = new FormatSpec();
        int fill = rest.Length > 0 && char.IsHighSurrogate(rest[0]) ? 2 : 1;
        bool hasFill = rest.Length > fill && rest[fill] is '<' or '>' or '^' or '=';
        if (hasFill)
        {
            spec = spec with { Fill = rest[..fill].ToString(), Align = rest[fill] };
            rest = rest[(fill + 1)..];
        }
        else if (rest.Length > 0 && rest[0] is '<' or '>' or '^' or '=')
        {
            spec = spec with { Align = rest[0] };
            rest = rest[1..];
        }

        if (rest.Length > 0 && rest[0] is '+' or '-' or ' ')
        {
            spec = spec with { Sign = rest[0] };
            rest = rest[1..];
        }

        spec = spec with { NoNegativeZero = Take(ref rest, 'z') };
        spec = spec with { Alternate = Take(ref rest, '#') };
        if (Take(ref rest, '0'))
        {
            spec = spec with { Fill = hasFill ? spec.Fill : "0", Align = spec.Align == ' ' ? '0' : spec.Align };
        }

        spec = spec with { Width = TakeNumber(ref rest) ?? 0 };
        if (rest.Length > 0 && rest[0] is ',' or '_')
        {
            spec = spec with { Grouping = rest[0] };
            rest = rest[1..];
        }

        if (Take(ref rest, '.'))
        {
            spec = spec with { Precision = TakeNumber(ref rest) ?? throw new Fault("Format specifier missing precision") };
        }

        if (rest.Length > 0)
        {
            spec = spec with { Type = rest[0] };
            rest = rest[1..];
        }

        return rest.IsEmpty ? spec : throw new Fault($"'{text}' is not a valid format specification");
    }

    /// <summary>Lays a value out as Python's <c>format(value, spec)</c>.</summary>
    public string Apply(RenderContext context, Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.String when Type is ' ' or 's' && Sign == NoSign && Grouping == ' ' && !Alternate:
                return PadText(context, CutText(context, value.String));
            case ValueKind.Integer or ValueKind.Boolean when Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%':
                return FormatFloat(context, Numbers.ToDouble(value));
            case ValueKind.Integer or ValueKind.Boolean when Type is 'c':
                return PadText(context, Character(value));
            case ValueKind.Integer or ValueKind.Boolean when Precision < 0:
                return FormatInteger(context, value.Integer);
            case ValueKind.Float:
                return FormatFloat(context, value.Float);
            default:
                throw new Fault($"the format type '{Type}' does not fit an object of type '{value.TypeName}'");
        }
    }

    /// <summary>The digits of an integer with sign, base mark, grouping and padding.</summary>
    public string FormatInteger(RenderContext context, BigInteger value)
    {
        long cost = Numbers.Cost(Value.From(value));
        context.Meter.Step(4 * cost * cost);
        var magnitude = BigInteger.Abs(value);
        string digits = Type switch
        {
            ' ' or 'd' or 'n' or 'i' or 'u' => magnitude.ToString(CultureInfo.InvariantCulture),
            'x' => Hexadecimal(magnitude).ToLowerInvariant(),
            'X' => Hexadecimal(magnitude),
            'o' => InBase(magnitude, 3),
            'b' => InBase(magnitude, 1),
            _ => throw new Fault($"Unknown format code '{Type}' for object of type 'int'"),
        };
        string mark = Alternate && Type is 'x' or 'X' or 'o' or 'b' ? $"0{Type}" : "";
        return PadNumber(context, SignOf(value.Sign < 0) + mark, digits, "");
    }

    /// <summary>A float with sign, grouping and padding.</summary>
    public string FormatFloat(RenderContext context, double value)
    {
        if (Precision > FloatText.MaxPrecision)
        {
            throw new Fault($"a precision of more than {FloatText.MaxPrecision} digits is not offered");
        }

        context.Meter.Step(FloatText.Cost(value, Precision));
        bool upper = Type is 'E' or 'F' or 'G';
        double magnitude = Math.Abs(value);
        string text = double.IsFinite(value) ? Digits(magnitude) : FloatText.NonFinite(magnitude);
        text = upper ? text.ToUpperInvariant() : text;
        bool negative = double.IsNegative(value) && !double.IsNaN(value)
            && !(NoNegativeZero && text.AsSpan().IndexOfAnyExcept('0', '.') < 0);
        int whole = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        string tail = whole < 0 ? "" : text[whole..];
        return PadNumber(context, SignOf(negative), whole < 0 ? text : text[..whole], Type == '%' ? tail + "%" : tail);
    }

    /// <summary>Pads a text to the width; texts stand left where nothing is said.</summary>
    public string PadText(RenderContext context, string text)
    {
        if (Align == '=')
        {
            throw new Fault("'=' alignment not allowed in string format specifier");
        }

        return Pad(context, "", text, Align is ' ' or '0' ? '<' : Align);
    }

    /// <summary>The text, no longer than the precision allows.</summary>
    public string CutText(RenderContext context, string text)
    {
        context.Meter.Scan(text.Length);
        return Precision >= 0 && Precision < PythonText.Length(text) ? text[..PythonText.Offset(text, 0, Precision)] : text;
    }

    /// <summary>The character that a number names.</summary>
    public static string Character(Value value)
        => value.TryGetLong(out long point) && point is >= 0 and <= 0x10FFFF and not (>= 0xD800 and <= 0xDFFF)
            ? char.ConvertFromUtf32((int)point)
            : throw new Fault("%c arg not in range(0x110000)");

    private string Digits(double magnitude)
    {
        int digits = Precision < 0 ? 6 : Precision;
        switch (Type)
        {
            case 'f' or 'F':
                return FloatText.Fixed(magnitude, digits, Alternate);
            case '%':
                return double.IsFinite(magnitude * 100) ? FloatText.Fixed(magnitude * 100, digits, Alternate) : "inf";
            case 'e' or 'E':
                return FloatText.Exponential(magnitude, digits, Alternate);
            case 'g' or 'G' or 'n':
                return FloatText.General(magnitude, digits, Alternate);
            case ' ' when Precision < 0:
                return FloatText.Repr(magnitude);
            case ' ':
                string text = FloatText.General(magnitude, digits, Alternate, exponentFrom: Math.Max(1, digits) - 1);
                return text.AsSpan().ContainsAny('.', 'e') ? text : text + ".0";
            default:
                throw new Fault($"Unknown format code '{Type}' for object of type 'float'");
        }
    }

    private string SignOf(bool negative) => negative ? "-" : Sign is '+' or ' ' ? Sign.ToString() : "";

    private string PadNumber(RenderContext context, string sign, string digits, string tail)
    {
        bool padsWithZeros = Fill == "0" && Align is '0' or '=';
        if (Grouping != ' ')
        {
            digits = Grouped(context, digits, padsWithZeros ? Width - sign.Length - tail.Length : 0);
        }

        return Pad(context, sign, digits + tail, Align switch { ' ' => '>', '0' => '=', _ => Align });
    }

    private string Grouped(RenderContext context, string digits, int width)
    {
        int size = Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3;
        context.Meter.Text(Math.Max(0, width) + (2L * digits.Length));
        int count = digits.Length;
        while (count + ((count - 1) / size) < width)
        {
            count++;
        }

        digits = digits.PadLeft(count, '0');
        var text = new TextBuilder(context.Meter);
        for (int i = 0; i < digits.Length; i++)
        {
            text.Append(i > 0 && (digits.Length - i) % size == 0 ? Grouping.ToString() : "").Append(digits[i]);
        }

        return text.ToString();
    }

    private string Pad(RenderContext context, string sign, string body, char align)
    {
        int missing = Math.Max(0, Width - sign.Length - PythonText.Length(body));
        int before = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        var text = new TextBuilder(context.Meter);
        text.Append(align == '=' ? sign : "");
        AppendFill(text, before);
        text.Append(align == '=' ? "" : sign).Append(body);
        AppendFill(text, missing - before);
        return text.ToString();
    }

    private void AppendFill(TextBuilder text, int count)
    {
        if (Fill.Length == 1)
        {
            text.Append(Fill[0], count);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            text.Append(Fill);
        }
    }

    private static string Hexadecimal(BigInteger magnitude)
    {
        string digits = magnitude.ToString("X", CultureInfo.InvariantCulture).TrimStart('0');
        return digits.Length == 0 ? "0" : digits;
    }

    private static string InBase(BigInteger magnitude, int bitsPerDigit)
    {
        string binary = magnitude.ToString("B", CultureInfo.InvariantCulture).TrimStart('0');
        binary = binary.PadLeft((Math.Max(1, binary.Length) + bitsPerDigit - 1) / bitsPerDigit * bitsPerDigit, '0');
        return string.Concat(binary.Chunk(bitsPerDigit).Select(
            digit => Convert.ToInt32(new string(digit), 2).ToString(CultureInfo.InvariantCulture)));
    }

    private static bool Take(ref ReadOnlySpan<char> rest, char wanted)
    {
        bool taken = rest.StartsWith(wanted);
        rest = taken ? rest[1..] : rest;
        return taken;
    }

    private static int? TakeNumber(ref ReadOnlySpan<char> rest)
    {
        int length = rest.IndexOfAnyExceptInRange('0', '9');
        length = length < 0 ? rest.Length : length;
        var digits = rest[..length];
        rest = rest[length..];
        if (length == 0)
        {
            return null;
        }

        return int.TryParse(digits, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new Fault("Too many decimal digits in format string");
    }
}
