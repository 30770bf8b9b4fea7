using System.Globalization;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Python's <c>text.format(values)</c>, with parts of values read as the sandbox allows.</summary>
internal sealed class BraceFormat
{
    private readonly RenderContext context;
    private readonly Value[] positional;
    private readonly Func<string, Value?> named;
    private int next;
    private bool isNumbered;

    private BraceFormat(RenderContext context, Value[] positional, Func<string, Value?> named)
    {
        this.context = context;
        this.positional = positional;
        this.named = named;
    }

    /// <summary>The method <c>format</c>.</summary>
    public static Value Format(RenderContext context, Value self, Arguments arguments)
    {
        Value? Named(string name)
        {
            context.Meter.Step(arguments.Named.Length);
            int place = Array.FindIndex(arguments.Named, argument => argument.Key == name);
            return place < 0 ? null : arguments.Named[place].Value;
        }

        context.Meter.Step(self.String.Length >> 4);
        var format = new BraceFormat(context, arguments.Positional, Named);
        return Value.Text(format.Expand(self.String, 2), self.IsMarkup);
    }

    /// <summary>The method <c>format_map</c>.</summary>
    public static Value FormatMap(RenderContext context, Value self, Arguments arguments)
    {
        var mapping = arguments.Bind("format_map", 1, "mapping").Required(0);
        context.Meter.Step(self.String.Length >> 4);
        var format = new BraceFormat(
            context, [], name => mapping.Kind == ValueKind.Dict && mapping.Dict.TryGet(name, out var value) ? value : null);
        return Value.Text(format.Expand(self.String, 2), self.IsMarkup);
    }

    /// <summary>The text with everything outside of ASCII escaped, as <c>!a</c> asks.</summary>
    public static string ToAscii(RenderContext context, string text)
    {
        var ascii = new TextBuilder(context.Meter);
        foreach (var rune in text.EnumerateRunes())
        {
            ascii.Append(rune.Value switch
            {
                < 0x80 => rune.ToString(),
                < 0x100 => $"\\x{rune.Value:x2}",
                < 0x10000 => $"\\u{rune.Value:x4}",
                _ => $"\\U{rune.Value:x8}",
            });
        }

        return ascii.ToString();
    }

    private string Expand(string format, int depth)
    {
        if (depth < 0)
        {
            throw new Fault("Max string recursion exceeded");
        }

        var output = new TextBuilder(context.Meter);
        int place = 0;
        while (place < format.Length)
        {
            int brace = format.AsSpan(place).IndexOfAny('{', '}');
            if (brace < 0)
            {
                output.Append(format.AsSpan(place));
                break;
            }

            output.Append(format.AsSpan(place, brace));
            place += brace;
            context.Meter.Step();
            if (place + 1 < format.Length && format[place + 1] == format[place])
            {
                output.Append(format[place]);
                place += 2;
                continue;
            }

            if (format[place] == '}')
            {
                throw new Fault("Single '}' encountered in format string");
            }

            int end = EndOfField(format, place);
            output.Append(ExpandField(format[(place + 1)..end], depth));
            place = end + 1;
        }

        return output.ToString();
    }

    // Fields may hold fields in their specification: {:{width}}.
    private static int EndOfField(string format, int open)
    {
        int depth = 0;
        for (int i = open; i < format.Length; i++)
        {
            depth += format[i] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        throw new Fault("expected '}' before end of string");
    }

    private string ExpandField(string field, int depth)
    {
        int colon = field.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? field : field[..colon];
        int bang = name.IndexOf('!', StringComparison.Ordinal);
        char conversion = bang < 0 ? ' ' : bang + 2 == name.Length ? name[^1] : throw new Fault("expected ':' after conversion specifier");
        var value = Resolve(bang < 0 ? name : name[..bang]);
        string specification = colon < 0 ? "" : Expand(field[(colon + 1)..], depth - 1);
        value = conversion switch
        {
            ' ' => value,
            's' => Value.From(ValueText.Str(context, value)),
            'r' => Value.From(ValueText.Repr(context, value)),
            'a' => Value.From(ToAscii(context, ValueText.Repr(context, value))),
            _ => throw new Fault($"Unknown conversion specifier '{conversion}'"),
        };
        if (specification.Length > 0)
        {
            return FormatSpec.Parse(specification).Apply(context, value);
        }

        return ValueText.Str(context, value);
    }

    // 0, name, name.attribute, name[key] and so on.
    private Value Resolve(string field)
    {
        int end = field.AsSpan().IndexOfAny('.', '[');
        string first = end < 0 ? field : field[..end];
        var value = First(first);
        int place = end < 0 ? field.Length : end;
        while (place < field.Length)
        {
            if (field[place] == '[')
            {
                int close = field.IndexOf(']', place);
                if (close < 0)
                {
                    throw new Fault("Missing ']' in format string");
                }

                string key = field[(place + 1)..close];
                value = Lookup.Item(context, value, IsIndex(key, out int index) ? Value.From((long)index) : Value.From(key));
                place = close + 1;
            }
            else
            {
                int after = field.AsSpan(place + 1).IndexOfAny('.', '[');
                int stop = after < 0 ? field.Length : place + 1 + after;
                value = Lookup.Attribute(context, value, field[(place + 1)..stop]);
                place = stop;
            }
        }

        return value;
    }

    private Value First(string name)
    {
        if (name.Length > 0 && !IsIndex(name, out _))
        {
            return named(name) ?? throw new Fault($"the format's key '{name}' is missing");
        }

        bool numbered = name.Length > 0;
        if (next > 0 && numbered != isNumbered)
        {
            throw new Fault("cannot switch between automatic field numbering and manual field specification");
        }

        isNumbered = numbered;
        int place = IsIndex(name, out int index) ? index : next;
        next++;
        return place < positional.Length
            ? positional[place]
            : throw new Fault($"Replacement index {place} out of range for positional args tuple");
    }

    private static bool IsIndex(string text, out int index)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out index);
}
