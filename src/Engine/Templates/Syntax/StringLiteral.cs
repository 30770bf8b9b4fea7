using System.Globalization;
using System.Text;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>What a string literal stands for: Python's escapes; a backslash before anything else stays.</summary>
internal static class StringLiteral
{
    /// <summary>Decodes the text between the quotes.</summary>
    public static string Decode(ReadOnlySpan<char> literal, int line)
    {
        if (!literal.Contains('\\'))
        {
            return literal.ToString();
        }

        var text = new StringBuilder(literal.Length);
        for (int i = 0; i < literal.Length; i++)
        {
            if (literal[i] != '\\')
            {
                text.Append(literal[i]);
                continue;
            }

            char escape = literal[++i];
            switch (escape)
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    text.Append(escape);
                    break;
                case 'x' or 'u' or 'U':
                    int digits = escape switch { 'x' => 2, 'u' => 4, _ => 8 };
                    AppendCodePoint(text, literal[(i + 1)..], digits, escape, line);
                    i += digits;
                    break;
                case >= '0' and <= '7':
                    int length = 1;
                    while (length < 3 && i + length < literal.Length && literal[i + length] is >= '0' and <= '7')
                    {
                        length++;
                    }

                    text.Append((char)Convert.ToInt32(literal.Slice(i, length).ToString(), 8));
                    i += length - 1;
                    break;
                case 'N':
                    throw SyntaxError.At(line, "the escape '\\N{...}' in a string is not supported; write the character itself");
                default:
                    text.Append(Control(escape) is { } control ? control.ToString() : $"\\{escape}");
                    break;
            }
        }

        return text.ToString();
    }

    private static char? Control(char escape) => escape switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        'a' => '\a',
        'b' => '\b',
        'f' => '\f',
        'v' => '\v',
        _ => null,
    };

    private static void AppendCodePoint(StringBuilder text, ReadOnlySpan<char> rest, int digits, char escape, int line)
    {
        if (rest.Length < digits
            || !int.TryParse(rest[..digits], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int point)
            || point is < 0 or > 0x10FFFF)
        {
            throw SyntaxError.At(line, $"the escape '\\{escape}' in a string needs {digits} hexadecimal digits of a character");
        }

        if (point <= 0xFFFF)
        {
            text.Append((char)point);
        }
        else
        {
            text.Append(char.ConvertFromUtf32(point));
        }
    }
}
