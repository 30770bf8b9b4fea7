using System.Text;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters that make text.</summary>
internal static class TextFilters
{
    public static Value Capitalize(RenderContext context, Value input, Arguments arguments)
        => Recase(context, input, arguments, "capitalize", Casing.Capitalize);

    public static Value Lower(RenderContext context, Value input, Arguments arguments)
        => Recase(context, input, arguments, "lower", Casing.Lower);

    public static Value Upper(RenderContext context, Value input, Arguments arguments)
        => Recase(context, input, arguments, "upper", Casing.Upper);

    /// <summary>Title case, where unlike in Python's method only blanks, hyphens and opening brackets begin a word.</summary>
    public static Value Title(RenderContext context, Value input, Arguments arguments)
        => Recase(context, input, arguments, "title", TitleWords);

    public static Value Trim(RenderContext context, Value input, Arguments arguments)
    {
        string? characters = arguments.Bind("trim", 0, "chars").OptionalText(0);
        string text = ValueText.Str(context, input);
        return Value.Text(StringMethods.Strip(context, text, characters, atStart: true, atEnd: true), input.IsMarkup);
    }

    public static Value String(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("string");
        return input.IsString ? input : Value.From(ValueText.Str(context, input));
    }

    public static Value Center(RenderContext context, Value input, Arguments arguments)
    {
        var width = arguments.Bind("center", 0, "width")[0] ?? Value.From(80L);
        return StringMethods.Find("center")!(context, String(context, input, Arguments.None), new Arguments([width], []));
    }

    public static Value Format(RenderContext context, Value input, Arguments arguments)
    {
        if (arguments.Positional.Length > 0 && arguments.Named.Length > 0)
        {
            throw new Fault("'format' takes arguments by position or by name, not both");
        }

        var format = String(context, input, Arguments.None);
        if (arguments.Named.Length == 0)
        {
            return PercentFormat.Format(context, format, Value.Tuple(arguments.Positional));
        }

        return PercentFormat.Format(context, format, Value.From(DictMethods.CreateDictionary(context, "format", arguments)));
    }

    public static Value Replace(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("replace", 2, "old", "new", "count");
        string old = ValueText.Str(context, bound.Required(0));
        string replacement = ValueText.Str(context, bound.Required(1));
        string text = ValueText.Str(context, input);
        return Value.From(StringMethods.Replace(context, text, old, replacement, bound.OptionalInteger(2) ?? -1));
    }

    public static Value Join(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("join", 0, "d", "attribute");
        string separator = bound[0] is { } given ? ValueText.Str(context, given) : "";
        var path = AttributePath.Parse(context, bound.Optional(1));
        var items = Iteration.Items(context, input);
        return Value.From(StringMethods.Join(
            context, separator, items.Select(item => ValueText.Str(context, path.Read(context, item)))));
    }

    public static Value Indent(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("indent", 0, "width", "first", "blank");
        Arithmetic.RefuseUndefined(input);
        if (!input.IsString)
        {
            throw new Fault($"'indent' needs a text, not '{input.TypeName}'");
        }

        string indent;
        if (bound[0] is { IsString: true } text)
        {
            indent = text.String;
        }
        else
        {
            int width = Math.Max(0, bound.Integer(0, 4));
            context.Meter.Text(width);
            indent = new string(' ', width);
        }

        context.Meter.Step(input.String.Length >> 4);
        bool first = bound.Flag(1), blank = bound.Flag(2);
        var output = new TextBuilder(context.Meter);
        var lines = PythonText.SplitLines(input.String + "\n", keepEnds: false);
        for (int i = 0; i < lines.Count; i++)
        {
            bool indents = i == 0 ? first : blank || lines[i].Length > 0;
            output.Append(i > 0 ? "\n" : "").Append(indents ? indent : "").Append(lines[i]);
        }

        return Value.Text(output.ToString(), input.IsMarkup);
    }

    public static Value Truncate(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("truncate", 0, "length", "killwords", "end", "leeway");
        int length = bound.Integer(0, 255), leeway = bound.OptionalInteger(3) ?? 5;
        string end = bound.Text(2, "...");
        int kept = length - PythonText.Length(end);
        if (kept < 0 || leeway < 0)
        {
            throw new Fault($"'truncate' needs a length of at least {end.Length} and no negative leeway");
        }

        // As in Jinja, any short sequence passes, but only a text can be cut.
        if (Iteration.Length(context, input) <= (long)length + leeway)
        {
            return input;
        }

        if (!input.IsString)
        {
            throw new Fault($"'truncate' needs a text, not '{input.TypeName}'");
        }

        string text = input.String;
        string head = text[..PythonText.Offset(text, 0, kept)];
        int blank = bound.Flag(1) ? -1 : head.LastIndexOf(' ');
        return context.Text((blank < 0 ? head : head[..blank]) + end, input.IsMarkup);
    }

    public static Value WordCount(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("wordcount");
        string text = ValueText.Str(context, input);
        context.Meter.Step(text.Length >> 3);
        long words = 0;
        bool inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            bool isPart = rune.Value == '_' || TextTests.IsAlphanumeric(rune);
            words += isPart && !inWord ? 1 : 0;
            inWord = isPart;
        }

        return Value.From(words);
    }

    private static Value Recase(RenderContext context, Value input, Arguments arguments, string filter, Func<string, string> recase)
    {
        arguments.RefuseAll(filter);
        string text = ValueText.Str(context, input);
        context.Meter.Step(text.Length >> 2);
        return context.Text(recase(text), input.IsMarkup);
    }

    private static string TitleWords(string text)
    {
        var titled = new StringBuilder(text.Length);
        int place = 0;
        while (place < text.Length)
        {
            int length = 0;
            bool delimits = BeginsWord(text[place]);
            while (place + length < text.Length && BeginsWord(text[place + length]) == delimits)
            {
                length++;
            }

            var part = text.AsSpan(place, length);
            int first = char.IsHighSurrogate(part[0]) && part.Length > 1 ? 2 : 1;
            Casing.AppendUpper(titled, part[..first]);
            Casing.AppendLower(titled, part[first..]);
            place += length;
        }

        return titled.ToString();
    }

    private static bool BeginsWord(char c) => c is '-' or '(' or '{' or '[' or '<' || PythonText.IsBlank(c);
}
