using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// Python's view of text: a sequence of code points, where C# has UTF-16 units. Texts without surrogate pairs, which is nearly all,
/// are indexed directly.
/// </summary>
internal static class PythonText
{
    /// <summary>What Python's <c>str.isspace</c> and <c>strip</c> take for blank.</summary>
    public static readonly SearchValues<char> Blanks = SearchValues.Create(
        "\t\n\v\f\r\u001c\u001d\u001e\u001f \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a" +
        "\u2028\u2029\u202f\u205f\u3000");

    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\n\r\v\f\u001c\u001d\u001e\u0085\u2028\u2029");

    public static bool IsBlank(char c) => Blanks.Contains(c);

    public static bool HasPairs(ReadOnlySpan<char> text) => text.ContainsAnyInRange('\uD800', '\uDFFF');

    /// <summary>The number of code points.</summary>
    public static int Length(string text)
    {
        if (!HasPairs(text))
        {
            return text.Length;
        }

        int count = 0;
        for (int i = 0; i < text.Length; i += WidthAt(text, i))
        {
            count++;
        }

        return count;
    }

    /// <summary>The UTF-16 offset that lies a number of code points behind <paramref name="offset"/>.</summary>
    public static int Offset(string text, int offset, int points)
    {
        if (!HasPairs(text.AsSpan(offset)))
        {
            return offset + points;
        }

        for (; points > 0; points--)
        {
            offset += WidthAt(text, offset);
        }

        return offset;
    }

    /// <summary>The index of the code point that starts at a UTF-16 index.</summary>
    public static int Index(string text, int offset)
    {
        if (!HasPairs(text.AsSpan(0, offset)))
        {
            return offset;
        }

        int index = 0;
        for (int i = 0; i < offset; i += WidthAt(text, i))
        {
            index++;
        }

        return index;
    }

    /// <summary>The code points, each as a text.</summary>
    public static string[] Split(string text)
    {
        var points = new string[Length(text)];
        int offset = 0;
        for (int i = 0; i < points.Length; i++)
        {
            int width = WidthAt(text, offset);
            points[i] = width == 1 ? SingleCharacter(text[offset]) : text.Substring(offset, width);
            offset += width;
        }

        return points;
    }

    /// <summary>Compares by code points; UTF-16 order differs where surrogates meet the last thousands of the basic plane.</summary>
    public static int Compare(string x, string y)
    {
        int common = x.AsSpan().CommonPrefixLength(y);
        if (common == x.Length || common == y.Length)
        {
            return x.Length.CompareTo(y.Length);
        }

        char a = x[common], b = y[common];
        return char.IsSurrogate(a) != char.IsSurrogate(b) ? (char.IsSurrogate(a) ? 1 : -1) : a.CompareTo(b);
    }

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => TrimEnd(TrimStart(text));

    public static ReadOnlySpan<char> TrimStart(ReadOnlySpan<char> text)
    {
        int start = text.IndexOfAnyExcept(Blanks);
        return start < 0 ? [] : text[start..];
    }

    public static ReadOnlySpan<char> TrimEnd(ReadOnlySpan<char> text) => text[..(text.LastIndexOfAnyExcept(Blanks) + 1)];

    /// <summary>Python's <c>splitlines</c>.</summary>
    public static List<string> SplitLines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        int start = 0;
        while (start < text.Length)
        {
            int length = text.AsSpan(start).IndexOfAny(LineEnds);
            if (length < 0)
            {
                lines.Add(text[start..]);
                break;
            }

            int end = start + length;
            int next = end + (text.AsSpan(end).StartsWith("\r\n") ? 2 : 1);
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }

        return lines;
    }

    /// <summary>True if Python's <c>repr</c> shows the character as it is.</summary>
    public static bool IsPrintable(Rune rune)
        => rune.Value == ' ' || Rune.GetUnicodeCategory(rune) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator);

    /// <summary>A one-character text; the common ones are not allocated again.</summary>
    private static string SingleCharacter(char c) => c < Ascii.Length ? Ascii[c] : c.ToString();

    private static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];

    private static int WidthAt(string text, int offset)
        => char.IsHighSurrogate(text[offset]) && offset + 1 < text.Length && char.IsLowSurrogate(text[offset + 1]) ? 2 : 1;
}
