using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>
/// Splits a template into text and tags and decides which blanks around tags belong to the output. As Hugging Face sets Jinja up:
/// one newline after a block or comment tag is dropped (<c>trim_blocks</c>), blanks between a line's start and such a tag are
/// dropped (<c>lstrip_blocks</c>), <c>-</c> drops all blanks on its side, <c>+</c> keeps them, and the template's last newline is
/// not part of it.
/// </summary>
internal sealed class Lexer
{
    private readonly string source;
    private readonly List<Token> tokens = [];
    private int position;
    private int line = 1;
    private int lineCountedTo;

    private Lexer(string source) => this.source = source;

    /// <summary>The template's tokens; the last one is <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Tokenize(string template)
    {
        var lexer = new Lexer(NormalizeNewlines(template));
        lexer.Run();
        return lexer.tokens;
    }

    private static string NormalizeNewlines(string template)
    {
        string text = template.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        return text.EndsWith('\n') ? text[..^1] : text;
    }

    private void Run()
    {
        while (position < source.Length)
        {
            int tag = FindTag(position);
            if (tag < 0)
            {
                Add(TokenKind.Data, source[position..]);
                position = source.Length;
                break;
            }

            char kind = source[tag + 1];
            int inside = tag + 2;
            char mark = inside < source.Length && source[inside] is '-' or '+' ? source[inside++] : ' ';
            AddTextBefore(tag, mark, keepsIndent: kind == '{');
            position = tag;
            switch (kind)
            {
                case '#':
                    SkipComment(inside);
                    break;
                case '%' when FindRawBegin(inside) is { } rawBody:
                    ReadRaw(rawBody);
                    break;
                case '%':
                    ReadTag(inside, TokenKind.BlockBegin, TokenKind.BlockEnd);
                    break;
                default:
                    ReadTag(inside, TokenKind.VariableBegin, TokenKind.VariableEnd);
                    break;
            }
        }

        Add(TokenKind.End, "");
    }

    private int FindTag(int from)
    {
        while (true)
        {
            int brace = source.IndexOf('{', from);
            if (brace < 0 || brace + 1 >= source.Length)
            {
                return -1;
            }

            if (source[brace + 1] is '{' or '%' or '#')
            {
                return brace;
            }

            from = brace + 1;
        }
    }

    /// <summary>Adds the text up to a tag, without the blanks that the tag swallows.</summary>
    private void AddTextBefore(int tag, char mark, bool keepsIndent)
    {
        var text = source.AsSpan(position, tag - position);
        if (mark == '-')
        {
            text = PythonText.TrimEnd(text);
        }
        else if (mark != '+' && !keepsIndent)
        {
            int lineStart = text.LastIndexOf('\n') + 1;
            bool startsLine = lineStart > 0 || position == 0 || source[position - 1] == '\n';
            if (startsLine && PythonText.Trim(text[lineStart..]).IsEmpty)
            {
                text = text[..lineStart];
            }
        }

        if (text.Length > 0)
        {
            Add(TokenKind.Data, text.ToString());
        }
    }

    private void SkipComment(int inside)
    {
        int end = source.IndexOf("#}", inside, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("a comment is not closed by '#}'");
        }

        char mark = end > inside ? source[end - 1] : ' ';
        position = AfterEnd(end + 2, mark, dropsNewline: true);
    }

    /// <summary>If the tag is <c>{% raw %}</c>, the place behind it.</summary>
    private int? FindRawBegin(int inside)
    {
        int place = SkipBlanks(inside);
        if (!source.AsSpan(place).StartsWith("raw"))
        {
            return null;
        }

        place = SkipBlanks(place + 3);
        bool strips = place < source.Length && source[place] == '-';
        place += strips ? 1 : 0;
        if (!source.AsSpan(place).StartsWith("%}"))
        {
            return null;
        }

        return strips ? SkipBlanks(place + 2) : place + 2;
    }

    private void ReadRaw(int body)
    {
        position = body;
        for (int open = source.IndexOf("{%", body, StringComparison.Ordinal); open >= 0;
             open = source.IndexOf("{%", open + 2, StringComparison.Ordinal))
        {
            int place = open + 2;
            char mark = place < source.Length && source[place] is '-' or '+' ? source[place++] : ' ';
            place = SkipBlanks(place);
            if (!source.AsSpan(place).StartsWith("endraw"))
            {
                continue;
            }

            place = SkipBlanks(place + 6);
            char endMark = place < source.Length && source[place] is '-' or '+' ? source[place++] : ' ';
            if (source.AsSpan(place).StartsWith("%}"))
            {
                AddTextBefore(open, mark, keepsIndent: false);
                position = AfterEnd(place + 2, endMark, dropsNewline: true);
                return;
            }
        }

        throw Error("a raw block is not closed by '{% endraw %}'");
    }

    private void ReadTag(int inside, TokenKind begin, TokenKind end)
    {
        Add(begin, "");
        position = inside;
        var reader = new TagReader(source, end);
        while (true)
        {
            position = SkipBlanks(position);
            if (position == source.Length)
            {
                return;
            }

            if (reader.TryReadEnd(position, out int closed, out char mark))
            {
                Add(end, "");
                position = AfterEnd(closed, mark, dropsNewline: end == TokenKind.BlockEnd);
                return;
            }

            CountLines();
            position = reader.Read(position, line, tokens);
        }
    }

    private int AfterEnd(int place, char mark, bool dropsNewline)
    {
        if (mark == '-')
        {
            return SkipBlanks(place);
        }

        return dropsNewline && mark != '+' && place < source.Length && source[place] == '\n' ? place + 1 : place;
    }

    private int SkipBlanks(int from)
    {
        int length = source.AsSpan(from).IndexOfAnyExcept(PythonText.Blanks);
        return length < 0 ? source.Length : from + length;
    }

    private void Add(TokenKind kind, string text)
    {
        CountLines();
        tokens.Add(new Token(kind, text, line));
    }

    private void CountLines()
    {
        line += source.AsSpan(lineCountedTo, position - lineCountedTo).Count('\n');
        lineCountedTo = position;
    }

    private TemplateException Error(string message)
    {
        CountLines();
        return SyntaxError.At(line, message);
    }
}
