using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>HTML in texts. Prompts are not HTML; this serves the filters that make it all the same.</summary>
internal static class MarkupText
{
    /// <summary>The value as text with HTML's special characters escaped, unless it is HTML already.</summary>
    public static string Escape(RenderContext context, Value value)
    {
        string text = ValueText.Str(context, value);
        return value.IsMarkup ? text : Escape(context, text);
    }

    /// <summary>The text with HTML's special characters escaped.</summary>
    public static string Escape(RenderContext context, string text)
    {
        var output = new TextBuilder(context.Meter);
        var rest = text.AsSpan();
        while (true)
        {
            int place = rest.IndexOfAny("&<>'\"");
            if (place < 0)
            {
                return output.Append(rest).ToString();
            }

            output.Append(rest[..place]).Append(rest[place] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '\'' => "&#39;",
                _ => "&#34;",
            });
            rest = rest[(place + 1)..];
        }
    }

    /// <summary>The text without comments and tags, and with single blanks for runs of them.</summary>
    public static string StripTags(RenderContext context, string text)
    {
        string withoutComments = Without(context, text, "<!--", "-->");
        string withoutTags = Without(context, withoutComments, "<", ">");
        var words = StringMethods.Split(context, withoutTags, null, -1, fromEnd: false);
        return System.Net.WebUtility.HtmlDecode(string.Join(' ', words));
    }

    private static string Without(RenderContext context, string text, string open, string close)
    {
        var output = new TextBuilder(context.Meter);
        int place = 0;
        while (true)
        {
            int start = text.IndexOf(open, place, StringComparison.Ordinal);
            int end = start < 0 ? -1 : text.IndexOf(close, start + open.Length, StringComparison.Ordinal);
            if (end < 0)
            {
                return output.Append(text.AsSpan(place)).ToString();
            }

            output.Append(text.AsSpan(place, start - place));
            place = end + close.Length;
        }
    }
}
