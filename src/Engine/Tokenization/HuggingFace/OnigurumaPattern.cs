using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Hearth.Engine.Tokenization.PreTokenization;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>
/// Regular expressions as <c>tokenizer.json</c> writes them (Oniguruma's syntax, code points) turned into .NET's: possessive
/// quantifiers become atomic groups, the Han script its blocks, code points in braces four digits.
/// </summary>
internal static class OnigurumaPattern
{
    // A file's expression may backtrack without end; no text of a sane one takes this long.
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private static readonly string[] HanNames = [@"\p{Han}", @"\p{script=Han}", @"\p{Script=Han}"];

    /// <summary>Makes an expression.</summary>
    /// <exception cref="InvalidModelException">.NET cannot express the pattern.</exception>
    public static Regex Compile(string pattern)
    {
        try
        {
            return new Regex(Translate(pattern), RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, Timeout);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new InvalidModelException($"The pre-tokenizer's expression \"{pattern}\" cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Whether a pattern tells Han characters from other letters.</summary>
    public static bool KnowsHan(string pattern) => HanNames.Any(name => pattern.Contains(name, StringComparison.Ordinal));

    private static string Translate(string pattern)
    {
        var output = new StringBuilder();
        var groups = new Stack<int>(); // where open groups begin in the output
        var atom = 0; // where the last atom begins in the output
        for (var i = 0; i < pattern.Length;)
        {
            var start = output.Length;
            switch (pattern[i])
            {
                case '\\':
                    atom = start;
                    AppendEscape(pattern, ref i, output, inClass: false);
                    break;
                case '[':
                    atom = start;
                    AppendClass(pattern, ref i, output);
                    break;
                case '(':
                    groups.Push(start);
                    output.Append(pattern[i++]);
                    break;
                case ')':
                    groups.TryPop(out atom);
                    output.Append(pattern[i++]);
                    break;
                case '*' or '+' or '?' or '{':
                    AppendQuantifier(pattern, ref i, output, atom);
                    break;
                default:
                    atom = start;
                    output.Append(pattern[i++]);
                    break;
            }
        }

        return output.ToString();
    }

    private static void AppendClass(string pattern, ref int i, StringBuilder output)
    {
        output.Append(pattern[i++]);
        if (i < pattern.Length && pattern[i] == '^') output.Append(pattern[i++]);
        if (i < pattern.Length && pattern[i] == ']')
        {
            output.Append(@"\]");
            i++;
        }

        while (i < pattern.Length && pattern[i] != ']')
        {
            var isNested = pattern[i] == '[' || pattern.AsSpan(i).StartsWith("&&");
            if (isNested) throw new ArgumentException("classes in classes are not supported");
            if (pattern[i] == '\\') AppendEscape(pattern, ref i, output, inClass: true);
            else output.Append(pattern[i++]);
        }

        if (i == pattern.Length) throw new ArgumentException("a class does not end");
        output.Append(pattern[i++]);
    }

    private static void AppendEscape(string pattern, ref int i, StringBuilder output, bool inClass)
    {
        var rest = pattern.AsSpan(i);
        foreach (var name in HanNames)
        {
            if (!rest.StartsWith(name)) continue;
            output.Append(inClass ? PreTokenizerPatterns.HanRanges : $"[{PreTokenizerPatterns.HanRanges}]");
            i += name.Length;
            return;
        }

        if (rest.StartsWith(@"\x{") && rest.IndexOf('}') is > 3 and var end)
        {
            var codePoint = int.Parse(rest[3..end], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if (codePoint > char.MaxValue) throw new ArgumentException("code points beyond U+FFFF are not supported");
            output.Append(CultureInfo.InvariantCulture, $@"\u{codePoint:X4}");
            i += end + 1;
            return;
        }

        var isClass = rest.StartsWith(@"\p{") || rest.StartsWith(@"\P{");
        var length = isClass && rest.IndexOf('}') is > 0 and var last ? last + 1 : Math.Min(2, rest.Length);
        output.Append(rest[..length]);
        i += length;
    }

    private static void AppendQuantifier(string pattern, ref int i, StringBuilder output, int atom)
    {
        var end = pattern[i] == '{' ? pattern.IndexOf('}', i) + 1 : i + 1;
        if (end == 0) throw new ArgumentException("a quantifier does not end");
        output.Append(pattern, i, end - i);
        i = end;
        if (i == pattern.Length) return;
        if (pattern[i] == '?')
        {
            output.Append(pattern[i++]);
        }
        else if (pattern[i] == '+')
        {
            output.Insert(atom, "(?>").Append(')');
            i++;
        }
    }
}
