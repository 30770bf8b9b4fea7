using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The methods that look for texts within a text, and those that take it apart.</summary>
internal static partial class StringMethods
{
    /// <summary>Splits at a separator, or at runs of blanks, at most <paramref name="count"/> times if that is not negative.</summary>
    public static List<string> Split(RenderContext context, string text, string? separator, int count, bool fromEnd)
    {
        if (separator is null)
        {
            context.Meter.Scan(text.Length);
            return fromEnd ? SplitAtBlanksFromEnd(text, count) : SplitAtBlanks(text, count);
        }

        if (separator.Length == 0)
        {
            throw new Fault("empty separator");
        }

        context.Meter.Search(text.Length, separator.Length);
        var parts = new List<string>();
        int start = 0, end = text.Length;
        while (count < 0 || parts.Count < count)
        {
            int found = fromEnd
                ? text.AsSpan(0, end).LastIndexOf(separator)
                : text.IndexOf(separator, start, StringComparison.Ordinal);
            if (found < 0)
            {
                break;
            }

            context.Meter.Step();
            parts.Add(fromEnd ? text[(found + separator.Length)..end] : text[start..found]);
            (start, end) = fromEnd ? (start, found) : (found + separator.Length, end);
        }

        parts.Add(text[start..end]);
        if (fromEnd)
        {
            parts.Reverse();
        }

        return parts;
    }

    private static List<string> SplitAtBlanks(string text, int count)
    {
        var parts = new List<string>();
        var rest = PythonText.TrimStart(text);
        while (!rest.IsEmpty)
        {
            int length = rest.IndexOfAny(PythonText.Blanks);
            if (length < 0 || (count >= 0 && parts.Count >= count))
            {
                parts.Add(rest.ToString());
                break;
            }

            parts.Add(rest[..length].ToString());
            rest = PythonText.TrimStart(rest[length..]);
        }

        return parts;
    }

    private static List<string> SplitAtBlanksFromEnd(string text, int count)
    {
        var parts = new List<string>();
        var rest = PythonText.TrimEnd(text);
        while (!rest.IsEmpty)
        {
            int blank = rest.LastIndexOfAny(PythonText.Blanks);
            if (blank < 0 || (count >= 0 && parts.Count >= count))
            {
                parts.Add(rest.ToString());
                break;
            }

            parts.Add(rest[(blank + 1)..].ToString());
            rest = PythonText.TrimEnd(rest[..blank]);
        }

        parts.Reverse();
        return parts;
    }

    private static Value Split(RenderContext context, Value self, Arguments arguments, bool fromEnd)
    {
        var bound = arguments.Bind(fromEnd ? "rsplit" : "split", 0, "sep", "maxsplit");
        return context.List(Split(context, self.String, bound.OptionalText(0), bound.Integer(1, -1), fromEnd));
    }

    private static Value SplitLines(RenderContext context, Value self, Arguments arguments)
    {
        bool keepEnds = arguments.Bind("splitlines", 0, "keepends").Flag(0);
        context.Meter.Scan(self.String.Length);
        return context.List(PythonText.SplitLines(self.String, keepEnds));
    }

    private static Value Partition(RenderContext context, Value self, Arguments arguments, bool fromEnd)
    {
        string separator = arguments.Bind("partition", 1, "sep").Text(0);
        if (separator.Length == 0)
        {
            throw new Fault("empty separator");
        }

        string text = self.String;
        context.Meter.Search(text.Length, separator.Length);
        context.Meter.Text(text.Length);
        int found = fromEnd
            ? text.LastIndexOf(separator, StringComparison.Ordinal)
            : text.IndexOf(separator, StringComparison.Ordinal);
        if (found < 0)
        {
            return fromEnd ? Value.Tuple(Value.Empty, Value.Empty, self) : Value.Tuple(self, Value.Empty, Value.Empty);
        }

        return Value.Tuple(Value.From(text[..found]), Value.From(separator), Value.From(text[(found + separator.Length)..]));
    }

    private static Value RemoveAffix(RenderContext context, Value self, Arguments arguments, string method)
    {
        string affix = arguments.Bind(method, 1, "affix").Text(0);
        string text = self.String;
        context.Meter.Scan(Math.Min(text.Length, affix.Length));
        bool found = method == "removeprefix"
            ? text.StartsWith(affix, StringComparison.Ordinal)
            : text.EndsWith(affix, StringComparison.Ordinal);
        if (!found)
        {
            return self;
        }

        return context.Text(method == "removeprefix" ? text[affix.Length..] : text[..^affix.Length], self.IsMarkup);
    }

    private static Value HasAffix(RenderContext context, Value self, Arguments arguments, string method)
    {
        var bound = arguments.Bind(method, 1, "affix", "start", "end");
        var affix = bound.Required(0);
        Arithmetic.RefuseUndefined(affix);
        if (!affix.IsString && affix.Kind != ValueKind.Tuple)
        {
            throw new Fault($"{method} first arg must be str or a tuple of str, not {affix.TypeName}");
        }

        if (!TryCut(context, self.String, bound.OptionalInteger(1), bound.OptionalInteger(2), out int from, out int to))
        {
            return Value.False;
        }

        foreach (var candidate in affix.IsString ? [affix] : affix.Items)
        {
            if (!candidate.IsString)
            {
                throw new Fault($"tuple for {method} must only contain str, not {candidate.TypeName}");
            }

            var text = self.String.AsSpan(from..to);
            context.Meter.Step();
            context.Meter.Scan(Math.Min(text.Length, candidate.String.Length));
            if (method == "startswith" ? text.StartsWith(candidate.String) : text.EndsWith(candidate.String))
            {
                return Value.True;
            }
        }

        return Value.False;
    }

    private static Value Count(RenderContext context, Value self, Arguments arguments)
    {
        var bound = arguments.Bind("count", 1, "sub", "start", "end");
        string wanted = bound.Text(0);
        if (!TryCut(context, self.String, bound.OptionalInteger(1), bound.OptionalInteger(2), out int from, out int to))
        {
            return Value.From(0L);
        }

        context.Meter.Search(to - from, wanted.Length);
        var text = self.String.AsSpan(from..to);
        return Value.From((long)(wanted.Length == 0 ? PythonText.Length(text.ToString()) + 1 : text.Count(wanted)));
    }

    /// <summary>The index of a text within the value, -1 where it is not found.</summary>
    private static long Find(RenderContext context, Value self, Arguments arguments, string method)
    {
        var bound = arguments.Bind(method, 1, "sub", "start", "end");
        string wanted = bound.Text(0);
        if (!TryCut(context, self.String, bound.OptionalInteger(1), bound.OptionalInteger(2), out int from, out int to))
        {
            return -1;
        }

        context.Meter.Search(to - from, wanted.Length);
        var text = self.String.AsSpan(from..to);
        int found = method is "find" or "index" ? text.IndexOf(wanted) : text.LastIndexOf(wanted);
        context.Meter.Scan(from + Math.Max(0, found));
        return found < 0 ? -1 : PythonText.Index(self.String, from + found);
    }

    private static Value FindOrFail(RenderContext context, Value self, Arguments arguments, string method)
    {
        long found = Find(context, self, arguments, method);
        return found >= 0 ? Value.From(found) : throw new Fault("substring not found");
    }

    // The part of a text that start and end name, as UTF-16 offsets; false where start lies behind the text's end.
    private static bool TryCut(RenderContext context, string text, int? start, int? end, out int from, out int to)
    {
        (from, to) = (0, text.Length);
        if (start is null && end is null)
        {
            return true;
        }

        context.Meter.Scan(2L * text.Length);
        int length = PythonText.Length(text);
        int Clamp(int index) => (int)Math.Clamp(index < 0 ? (long)index + length : index, 0, int.MaxValue);
        int first = Clamp(start ?? 0);
        int last = Math.Min(length, Clamp(end ?? length));
        if (first > last)
        {
            return false;
        }

        (from, to) = (PythonText.Offset(text, 0, first), PythonText.Offset(text, 0, last));
        return true;
    }
}
