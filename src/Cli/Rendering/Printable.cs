using System.Buffers;
using System.Globalization;
using System.Text;

namespace Hearth.Cli.Rendering;

/// <summary>
/// Text from files and models made safe for a terminal: an escape sequence in it must not move the cursor or ring the bell.
/// </summary>
internal static class Printable
{
    private static readonly SearchValues<char> Controls = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Select(code => (char)code)]);

    private static readonly SearchValues<char> ControlsButLayout = SearchValues.Create(
        [.. Enumerable.Range(0, 0x20).Append(0x7F).Concat(Enumerable.Range(0x80, 0x20)).Select(code => (char)code).Except("\n\t")]);

    /// <summary>One line: control characters as escapes, cut at a number of characters.</summary>
    public static string Line(string text, int limit = int.MaxValue)
    {
        bool cut = text.Length > limit;
        if (cut)
            text = text[..(char.IsHighSurrogate(text[limit - 1]) ? limit - 1 : limit)];
        if (!text.AsSpan().ContainsAny(Controls))
            return cut ? text + "..." : text;
        var line = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '\n' => line.Append("\\n"),
                '\r' => line.Append("\\r"),
                '\t' => line.Append("\\t"),
                _ when Controls.Contains(c) => line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:X2}"),
                _ => line.Append(c),
            };
        }

        return line.Append(cut ? "..." : "").ToString();
    }

    /// <summary>Running text: line feeds and tabs stay, other control characters become U+FFFD.</summary>
    public static string Text(string text)
    {
        if (!text.AsSpan().ContainsAny(ControlsButLayout))
            return text;
        return string.Create(text.Length, text, static (span, source) =>
        {
            for (int i = 0; i < span.Length; i++)
                span[i] = ControlsButLayout.Contains(source[i]) ? '\uFFFD' : source[i];
        });
    }
}
