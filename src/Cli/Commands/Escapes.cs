using System.Globalization;
using System.Text;

namespace Hearth.Cli.Commands;

/// <summary>Backslash escapes in texts of the command line, the ones that llama.cpp knows: \n \r \t \' \" \\ \xHH.</summary>
internal static class Escapes
{
    /// <summary>Replaces them; a backslash before anything else stays.</summary>
    public static string Resolve(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
            return text;
        var resolved = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                resolved.Append(text[i]);
                continue;
            }

            char? meant = text[i + 1] switch
            {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '\'' or '"' or '\\' => text[i + 1],
                _ => null,
            };
            if (meant is { } c)
            {
                resolved.Append(c);
                i++;
            }
            else if (text[i + 1] == 'x'
                && i + 3 < text.Length
                && byte.TryParse(text.AsSpan(i + 2, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte code))
            {
                resolved.Append((char)code);
                i += 3;
            }
            else
            {
                resolved.Append('\\');
            }
        }

        return resolved.ToString();
    }
}
