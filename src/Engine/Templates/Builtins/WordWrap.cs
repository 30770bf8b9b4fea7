using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// The filter <c>wordwrap</c>, after Python's <c>textwrap</c>: lines are filled with words and blanks; blanks at a break are
/// dropped; words break behind hyphens between letters, and anywhere if they are longer than a line.
/// </summary>
internal static class WordWrap
{
    /// <summary>The filter. Each line of the text is wrapped on its own.</summary>
    public static Value Filter(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("wordwrap", 0, "width", "break_long_words", "wrapstring", "break_on_hyphens");
        Arithmetic.RefuseUndefined(input);
        int width = bound.Integer(0, 79);
        if (!input.IsString || width < 1)
        {
            throw new Fault("'wordwrap' needs a text and a width of at least 1");
        }

        bool breaksLongWords = bound.Flag(1, otherwise: true), breaksAtHyphens = bound.Flag(3, otherwise: true);
        string separator = bound.OptionalText(2) ?? "\n";
        context.Meter.Step(4L * input.String.Length);
        var lines = PythonText.SplitLines(input.String, keepEnds: false)
            .Select(line => string.Join(separator, Wrap(line, width, breaksLongWords, breaksAtHyphens)));
        return Value.From(StringMethods.Join(context, separator, lines));
    }

    private static List<string> Wrap(string text, int width, bool breaksLongWords, bool breaksAtHyphens)
    {
        var lines = new List<string>();
        var pieces = new Stack<string>(Pieces(text, breaksAtHyphens).Reverse());
        while (pieces.Count > 0)
        {
            if (lines.Count > 0 && string.IsNullOrWhiteSpace(pieces.Peek()))
            {
                pieces.Pop();
            }

            var line = new List<string>();
            int room = width;
            while (pieces.TryPeek(out string? piece) && PythonText.Length(piece) <= room)
            {
                room -= PythonText.Length(piece);
                line.Add(pieces.Pop());
            }

            if (pieces.TryPeek(out string? tooLong) && PythonText.Length(tooLong) > width && (breaksLongWords || line.Count == 0))
            {
                int cut = breaksLongWords ? PythonText.Offset(tooLong, 0, room) : tooLong.Length;
                int hyphen = breaksAtHyphens && cut > 0 && cut < tooLong.Length ? tooLong.LastIndexOf('-', cut - 1) : -1;
                cut = hyphen > 0 && tooLong.AsSpan(0, hyphen).ContainsAnyExcept('-') ? hyphen + 1 : cut;
                line.Add(tooLong[..cut]);
                pieces.Pop();
                if (cut < tooLong.Length)
                {
                    pieces.Push(tooLong[cut..]);
                }
            }

            if (line.Count > 0 && string.IsNullOrWhiteSpace(line[^1]))
            {
                line.RemoveAt(line.Count - 1);
            }

            if (line.Count > 0)
            {
                lines.Add(string.Concat(line));
            }
        }

        return lines;
    }

    /// <summary>Runs of blanks and parts of words between which a line may end.</summary>
    private static IEnumerable<string> Pieces(string text, bool breaksAtHyphens)
    {
        int start = 0;
        for (int i = 1; i <= text.Length; i++)
        {
            if (i == text.Length
                || char.IsWhiteSpace(text[i]) != char.IsWhiteSpace(text[i - 1])
                || (breaksAtHyphens && BreaksBehindHyphen(text, i)))
            {
                yield return text[start..i];
                start = i;
            }
        }
    }

    private static bool BreaksBehindHyphen(string text, int place)
        => text[place - 1] == '-' && place >= 3 && place + 1 < text.Length
            && char.IsLetter(text[place - 2]) && char.IsLetter(text[place - 3])
            && char.IsLetter(text[place]) && char.IsLetter(text[place + 1]);
}
