using System.Collections.Frozen;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The methods of Python's <c>str</c>. Positions are counted in code points.</summary>
internal static partial class StringMethods
{
    private static readonly FrozenDictionary<string, Method> Methods = new Dictionary<string, Method>
    {
        ["capitalize"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Capitalize),
        ["casefold"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Fold),
        ["center"] = static (context, self, arguments) => Justify(context, self, arguments, "center"),
        ["count"] = Count,
        ["endswith"] = static (context, self, arguments) => HasAffix(context, self, arguments, "endswith"),
        ["expandtabs"] = ExpandTabs,
        ["find"] = static (context, self, arguments) => Value.From(Find(context, self, arguments, "find")),
        ["format"] = BraceFormat.Format,
        ["format_map"] = BraceFormat.FormatMap,
        ["index"] = static (context, self, arguments) => FindOrFail(context, self, arguments, "index"),
        ["isalnum"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsAlphanumeric),
        ["isalpha"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsAlphabetic),
        ["isascii"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsAscii),
        ["isdecimal"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsDecimal),
        ["isdigit"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsDigit),
        ["isidentifier"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsIdentifier),
        ["islower"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsLower),
        ["isnumeric"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsNumeric),
        ["isprintable"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsPrintable),
        ["isspace"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsSpace),
        ["istitle"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsTitle),
        ["isupper"] = static (context, self, arguments) => Is(context, self, arguments, TextTests.IsUpper),
        ["join"] = Join,
        ["ljust"] = static (context, self, arguments) => Justify(context, self, arguments, "ljust"),
        ["lower"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Lower),
        ["lstrip"] = static (context, self, arguments) => Strip(context, self, arguments, atStart: true, atEnd: false),
        ["partition"] = static (context, self, arguments) => Partition(context, self, arguments, fromEnd: false),
        ["removeprefix"] = static (context, self, arguments) => RemoveAffix(context, self, arguments, "removeprefix"),
        ["removesuffix"] = static (context, self, arguments) => RemoveAffix(context, self, arguments, "removesuffix"),
        ["replace"] = Replace,
        ["rfind"] = static (context, self, arguments) => Value.From(Find(context, self, arguments, "rfind")),
        ["rindex"] = static (context, self, arguments) => FindOrFail(context, self, arguments, "rindex"),
        ["rjust"] = static (context, self, arguments) => Justify(context, self, arguments, "rjust"),
        ["rpartition"] = static (context, self, arguments) => Partition(context, self, arguments, fromEnd: true),
        ["rsplit"] = static (context, self, arguments) => Split(context, self, arguments, fromEnd: true),
        ["rstrip"] = static (context, self, arguments) => Strip(context, self, arguments, atStart: false, atEnd: true),
        ["split"] = static (context, self, arguments) => Split(context, self, arguments, fromEnd: false),
        ["splitlines"] = SplitLines,
        ["startswith"] = static (context, self, arguments) => HasAffix(context, self, arguments, "startswith"),
        ["strip"] = static (context, self, arguments) => Strip(context, self, arguments, atStart: true, atEnd: true),
        ["swapcase"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Swap),
        ["title"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Title),
        ["upper"] = static (context, self, arguments) => Recased(context, self, arguments, Casing.Upper),
        ["zfill"] = ZeroFill,
    }.ToFrozenDictionary();

    /// <summary>The method of that name; null if there is none.</summary>
    public static Method? Find(string name) => Methods.GetValueOrDefault(name);

    /// <summary>The text without given characters, or blanks, at its ends.</summary>
    public static string Strip(RenderContext context, string text, string? characters, bool atStart, bool atEnd)
    {
        context.Meter.Search(text.Length, Math.Min(text.Length, characters?.Length ?? 0));
        ReadOnlySpan<char> rest = text;
        if (characters is null)
        {
            rest = atStart ? PythonText.TrimStart(rest) : rest;
            rest = atEnd ? PythonText.TrimEnd(rest) : rest;
        }
        else if (characters.Length == 0)
        {
            // No characters are no characters, where C# would take blanks.
            return text;
        }
        else if (PythonText.HasPairs(characters))
        {
            return StripCodePoints(text, characters, atStart, atEnd);
        }
        else
        {
            rest = atStart ? rest.TrimStart(characters) : rest;
            rest = atEnd ? rest.TrimEnd(characters) : rest;
        }

        context.Meter.Text(rest.Length);
        return rest.Length == text.Length ? text : rest.ToString();
    }

    /// <summary>The text with <paramref name="old"/> replaced, at most <paramref name="count"/> times if that is not negative.</summary>
    public static string Replace(RenderContext context, string text, string old, string replacement, int count)
    {
        var output = new TextBuilder(context.Meter);
        int place = 0;
        if (old.Length == 0)
        {
            // Nothing is found before each code point and at the end.
            string[] points = PythonText.Split(text);
            for (int i = 0; i <= points.Length; i++)
            {
                output.Append(count < 0 || i < count ? replacement : "").Append(i < points.Length ? points[i] : "");
            }

            return output.ToString();
        }

        context.Meter.Search(text.Length, old.Length);
        for (int done = 0; count < 0 || done < count; done++)
        {
            int found = text.IndexOf(old, place, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            output.Append(text.AsSpan(place, found - place)).Append(replacement);
            place = found + old.Length;
        }

        return place == 0 ? text : output.Append(text.AsSpan(place)).ToString();
    }

    /// <summary>Joins texts with a separator.</summary>
    public static string Join(RenderContext context, string separator, IEnumerable<string> parts)
    {
        var output = new TextBuilder(context.Meter);
        bool first = true;
        foreach (string part in parts)
        {
            context.Meter.Step();
            output.Append(first ? "" : separator).Append(part);
            first = false;
        }

        return output.ToString();
    }

    private static Value Recased(RenderContext context, Value self, Arguments arguments, Func<string, string> recase)
    {
        arguments.RefuseAll("a method that changes case");
        context.Meter.Step(self.String.Length >> 2);
        return context.Text(recase(self.String), self.IsMarkup);
    }

    private static Value Is(RenderContext context, Value self, Arguments arguments, Func<string, bool> test)
    {
        arguments.RefuseAll("a method that tests characters");
        context.Meter.Step(1 + (self.String.Length >> 3));
        return Value.From(test(self.String));
    }

    private static Value Strip(RenderContext context, Value self, Arguments arguments, bool atStart, bool atEnd)
    {
        string? characters = arguments.Bind("strip", 0, "chars").OptionalText(0);
        return Value.Text(Strip(context, self.String, characters, atStart, atEnd), self.IsMarkup);
    }

    private static string StripCodePoints(string text, string characters, bool atStart, bool atEnd)
    {
        var wanted = new HashSet<string>(PythonText.Split(characters));
        string[] points = PythonText.Split(text);
        int start = 0, end = points.Length;
        while (atStart && start < end && wanted.Contains(points[start]))
        {
            start++;
        }

        while (atEnd && end > start && wanted.Contains(points[end - 1]))
        {
            end--;
        }

        return string.Concat(points[start..end]);
    }

    private static Value Replace(RenderContext context, Value self, Arguments arguments)
    {
        var bound = arguments.Bind("replace", 2, "old", "new", "count");
        string replacement = self.IsMarkup ? MarkupText.Escape(context, bound.Required(1)) : bound.Text(1);
        return Value.Text(Replace(context, self.String, bound.Text(0), replacement, bound.Integer(2, -1)), self.IsMarkup);
    }

    private static Value Join(RenderContext context, Value self, Arguments arguments)
    {
        var parts = Iteration.Items(context, arguments.Bind("join", 1, "iterable").Required(0));
        int wrong = Array.FindIndex(parts, part => !part.IsString);
        if (wrong >= 0)
        {
            throw new Fault($"sequence item {wrong}: expected str instance, {parts[wrong].TypeName} found");
        }

        var texts = parts.Select(part => self.IsMarkup ? MarkupText.Escape(context, part) : part.String);
        return Value.Text(Join(context, self.String, texts), self.IsMarkup);
    }

    private static Value Justify(RenderContext context, Value self, Arguments arguments, string method)
    {
        var bound = arguments.Bind(method, 1, "width", "fillchar");
        string fill = bound.Text(1, " ");
        if (PythonText.Length(fill) != 1)
        {
            throw new Fault("The fill character must be exactly one character long");
        }

        string text = self.String;
        context.Meter.Scan(text.Length);
        long missing = Math.Max(0, (long)bound.Integer(0) - PythonText.Length(text));
        long total = missing + PythonText.Length(text);

        // Python puts the odd blank of a centred text before it where the width is odd, and behind it otherwise.
        long before = method switch
        {
            "ljust" => 0,
            "rjust" => missing,
            _ => (missing / 2) + (missing & total & 1),
        };
        context.Meter.Text((missing * fill.Length) + text.Length);
        return Value.Text(Repeat(fill, before) + text + Repeat(fill, missing - before), self.IsMarkup);
    }

    private static string Repeat(string fill, long count)
        => fill.Length == 1 ? new string(fill[0], (int)count) : string.Concat(Enumerable.Repeat(fill, (int)count));

    private static Value ZeroFill(RenderContext context, Value self, Arguments arguments)
    {
        string text = self.String;
        context.Meter.Scan(text.Length);
        int missing = Math.Max(0, arguments.Bind("zfill", 1, "width").Integer(0) - PythonText.Length(text));
        context.Meter.Text((long)text.Length + missing);
        int sign = text.StartsWith('+') || text.StartsWith('-') ? 1 : 0;
        return Value.Text(text[..sign] + new string('0', missing) + text[sign..], self.IsMarkup);
    }

    private static Value ExpandTabs(RenderContext context, Value self, Arguments arguments)
    {
        int size = arguments.Bind("expandtabs", 0, "tabsize").Integer(0, 8);
        var output = new TextBuilder(context.Meter);
        context.Meter.Step(self.String.Length);
        int column = 0;
        foreach (string point in PythonText.Split(self.String))
        {
            if (point == "\t")
            {
                int blanks = size > 0 ? size - (column % size) : 0;
                output.Append(' ', blanks);
                column += blanks;
            }
            else
            {
                output.Append(point);
                column = point is "\n" or "\r" ? 0 : column + 1;
            }
        }

        return Value.Text(output.ToString(), self.IsMarkup);
    }
}
