using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters for HTML and addresses.</summary>
internal static class MarkupFilters
{
    private const string HexDigits = "0123456789ABCDEF";

    public static Value Escape(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("escape");
        return Value.Text(MarkupText.Escape(context, input), markup: true);
    }

    public static Value ForceEscape(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("forceescape");
        return Value.Text(MarkupText.Escape(context, ValueText.Str(context, input)), markup: true);
    }

    public static Value Safe(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("safe");
        return Value.Text(ValueText.Str(context, input), markup: true);
    }

    public static Value StripTags(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("striptags");
        string text = ValueText.Str(context, input);
        context.Meter.Text(text.Length);
        return Value.From(MarkupText.StripTags(context, text));
    }

    public static Value XmlAttributes(RenderContext context, Value input, Arguments arguments)
    {
        bool autospace = arguments.Bind("xmlattr", 0, "autospace").Flag(0, otherwise: true);
        if (input.Kind != ValueKind.Dict)
        {
            throw new Fault($"'xmlattr' needs a mapping, not '{input.TypeName}'");
        }

        context.Meter.Step(input.Dict.Count);
        var output = new TextBuilder(context.Meter);
        foreach (var (key, value) in input.Dict)
        {
            if (value.IsNone || value.IsUndefined)
            {
                continue;
            }

            string name = key.IsString ? key.String : throw new Fault("the names of attributes must be texts");
            if (name.AsSpan().ContainsAny(" \t\n\r\f\v/>="))
            {
                throw new Fault($"the attribute name {ValueText.Repr(context, key)} has a character that is not allowed there");
            }

            output.Append(output.Length > 0 || autospace ? " " : "").Append(MarkupText.Escape(context, name)).Append("=\"")
                .Append(MarkupText.Escape(context, value)).Append('"');
        }

        return Value.From(output.ToString());
    }

    /// <summary>Quotes a text for a path, or the pairs of a mapping or sequence for a query.</summary>
    public static Value UrlEncode(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("urlencode");
        var output = new TextBuilder(context.Meter);
        if (input.IsString || !Iteration.IsIterable(input))
        {
            AppendQuoted(output, ValueText.Str(context, input), inQuery: false);
            return Value.From(output.ToString());
        }

        var pairs = input.Kind == ValueKind.Dict
            ? new DictView("items", input.Dict).Iterate(context)
            : Iteration.Items(context, input);
        foreach (var pair in pairs)
        {
            var parts = Iteration.Items(context, pair);
            if (parts.Length != 2)
            {
                throw new Fault($"'urlencode' needs pairs, but an item has {parts.Length} parts");
            }

            output.Append(output.Length > 0 ? "&" : "");
            AppendQuoted(output, ValueText.Str(context, parts[0]), inQuery: true);
            output.Append('=');
            AppendQuoted(output, ValueText.Str(context, parts[1]), inQuery: true);
        }

        return Value.From(output.ToString());
    }

    private static void AppendQuoted(TextBuilder output, string text, bool inQuery)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            int point = rune.Value;
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)point) || point is '_' or '.' or '-' or '~' || (point == '/' && !inQuery)))
            {
                output.Append((char)point);
            }
            else if (point == ' ' && inQuery)
            {
                output.Append('+');
            }
            else
            {
                foreach (byte b in bytes[..rune.EncodeToUtf8(bytes)])
                {
                    output.Append('%').Append(HexDigits[b >> 4]).Append(HexDigits[b & 15]);
                }
            }
        }
    }
}
