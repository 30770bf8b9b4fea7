using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// Python's changes of case. They follow Unicode's full mappings (ß becomes SS), where C# changes one character into one.
/// </summary>
internal static class Casing
{
    // Unicode's SpecialCasing.txt: a character, then its upper case of two or three.
    private static readonly FrozenDictionary<int, string> LongUpper = (
        "\u00dfSS \u0149\u02bcN \u01f0J\u030c \u0390\u0399\u0308\u0301 \u03b0\u03a5\u0308\u0301 \u0587\u0535\u0552 " +
        "\u1e96H\u0331 \u1e97T\u0308 \u1e98W\u030a \u1e99Y\u030a \u1e9aA\u02be \u1f50\u03a5\u0313 \u1f52\u03a5\u0313\u0300 " +
        "\u1f54\u03a5\u0313\u0301 \u1f56\u03a5\u0313\u0342 \u1f80\u1f08\u0399 \u1f81\u1f09\u0399 \u1f82\u1f0a\u0399 " +
        "\u1f83\u1f0b\u0399 \u1f84\u1f0c\u0399 \u1f85\u1f0d\u0399 \u1f86\u1f0e\u0399 \u1f87\u1f0f\u0399 \u1f88\u1f08\u0399 " +
        "\u1f89\u1f09\u0399 \u1f8a\u1f0a\u0399 \u1f8b\u1f0b\u0399 \u1f8c\u1f0c\u0399 \u1f8d\u1f0d\u0399 \u1f8e\u1f0e\u0399 " +
        "\u1f8f\u1f0f\u0399 \u1f90\u1f28\u0399 \u1f91\u1f29\u0399 \u1f92\u1f2a\u0399 \u1f93\u1f2b\u0399 \u1f94\u1f2c\u0399 " +
        "\u1f95\u1f2d\u0399 \u1f96\u1f2e\u0399 \u1f97\u1f2f\u0399 \u1f98\u1f28\u0399 \u1f99\u1f29\u0399 \u1f9a\u1f2a\u0399 " +
        "\u1f9b\u1f2b\u0399 \u1f9c\u1f2c\u0399 \u1f9d\u1f2d\u0399 \u1f9e\u1f2e\u0399 \u1f9f\u1f2f\u0399 \u1fa0\u1f68\u0399 " +
        "\u1fa1\u1f69\u0399 \u1fa2\u1f6a\u0399 \u1fa3\u1f6b\u0399 \u1fa4\u1f6c\u0399 \u1fa5\u1f6d\u0399 \u1fa6\u1f6e\u0399 " +
        "\u1fa7\u1f6f\u0399 \u1fa8\u1f68\u0399 \u1fa9\u1f69\u0399 \u1faa\u1f6a\u0399 \u1fab\u1f6b\u0399 \u1fac\u1f6c\u0399 " +
        "\u1fad\u1f6d\u0399 \u1fae\u1f6e\u0399 \u1faf\u1f6f\u0399 \u1fb2\u1fba\u0399 \u1fb3\u0391\u0399 \u1fb4\u0386\u0399 " +
        "\u1fb6\u0391\u0342 \u1fb7\u0391\u0342\u0399 \u1fbc\u0391\u0399 \u1fc2\u1fca\u0399 \u1fc3\u0397\u0399 " +
        "\u1fc4\u0389\u0399 \u1fc6\u0397\u0342 \u1fc7\u0397\u0342\u0399 \u1fcc\u0397\u0399 \u1fd2\u0399\u0308\u0300 " +
        "\u1fd3\u0399\u0308\u0301 \u1fd6\u0399\u0342 \u1fd7\u0399\u0308\u0342 \u1fe2\u03a5\u0308\u0300 " +
        "\u1fe3\u03a5\u0308\u0301 \u1fe4\u03a1\u0313 \u1fe6\u03a5\u0342 \u1fe7\u03a5\u0308\u0342 \u1ff2\u1ffa\u0399 " +
        "\u1ff3\u03a9\u0399 \u1ff4\u038f\u0399 \u1ff6\u03a9\u0342 \u1ff7\u03a9\u0342\u0399 \u1ffc\u03a9\u0399 \ufb00FF " +
        "\ufb01FI \ufb02FL \ufb03FFI \ufb04FFL \ufb05ST \ufb06ST \ufb13\u0544\u0546 \ufb14\u0544\u0535 \ufb15\u0544\u053b " +
        "\ufb16\u054e\u0546 \ufb17\u0544\u053d").Split(' ').ToFrozenDictionary(static entry => (int)entry[0], static entry => entry[1..]);

    public static bool IsUpper(Rune rune)
        => Rune.GetUnicodeCategory(rune) == UnicodeCategory.UppercaseLetter
            || rune.Value is (>= 0x2160 and <= 0x216F) or (>= 0x24B6 and <= 0x24CF);

    public static bool IsLower(Rune rune)
        => Rune.GetUnicodeCategory(rune) == UnicodeCategory.LowercaseLetter
            || rune.Value is 0xAA or 0xBA or (>= 0x2B0 and <= 0x2B8) or (>= 0x2170 and <= 0x217F) or (>= 0x24D0 and <= 0x24E9);

    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToUpperInvariant();
        }

        var upper = new StringBuilder(text.Length);
        AppendUpper(upper, text);
        return upper.ToString();
    }

    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var lower = new StringBuilder(text.Length);
        AppendLower(lower, text);
        return lower.ToString();
    }

    /// <summary>The first character in title case, the others in lower case.</summary>
    public static string Capitalize(string text) => Recase(text, static (_, previous) => previous is null ? Case.Title : Case.Lower);

    /// <summary>Each letter in title case if no letter stands before it, otherwise in lower case.</summary>
    public static string Title(string text)
        => Recase(text, static (_, previous) => previous is { } before && IsCased(before) ? Case.Lower : Case.Title);

    public static string Swap(string text)
        => Recase(text, static (rune, _) => IsUpper(rune) ? Case.Lower : IsLower(rune) ? Case.Upper : Case.Unchanged);

    /// <summary>Lower case for comparing, where ß equals ss and all sigmas are one.</summary>
    public static string Fold(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        // Through upper case, which joins what has several lower cases.
        var upper = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case 'ẞ':
                    upper.Append("SS");
                    break;
                case 'ı' or 'İ':
                    AppendRune(upper, rune);
                    break;
                default:
                    AppendUpper(upper, rune);
                    break;
            }
        }

        return Lower(upper.ToString()).Replace('ς', 'σ');
    }

    public static void AppendUpper(StringBuilder upper, ReadOnlySpan<char> text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            AppendUpper(upper, rune);
        }
    }

    public static void AppendLower(StringBuilder lower, ReadOnlySpan<char> text)
    {
        int place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            AppendLower(lower, text, place, rune);
            place += rune.Utf16SequenceLength;
        }
    }

    private enum Case
    {
        Unchanged,
        Upper,
        Lower,
        Title,
    }

    private static string Recase(string text, Func<Rune, Rune?, Case> choose)
    {
        var recased = new StringBuilder(text.Length);
        Rune? previous = null;
        int place = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            switch (choose(rune, previous))
            {
                case Case.Upper:
                    AppendUpper(recased, rune);
                    break;
                case Case.Lower:
                    AppendLower(recased, text, place, rune);
                    break;
                case Case.Title:
                    AppendTitle(recased, rune);
                    break;
                default:
                    AppendRune(recased, rune);
                    break;
            }

            previous = rune;
            place += rune.Utf16SequenceLength;
        }

        return recased.ToString();
    }

    private static bool IsCased(Rune rune)
        => IsUpper(rune) || IsLower(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;

    private static void AppendUpper(StringBuilder upper, Rune rune)
    {
        if (LongUpper.TryGetValue(rune.Value, out string? expansion))
        {
            upper.Append(expansion);
        }
        else
        {
            AppendRune(upper, SimpleUpper(rune));
        }
    }

    private static void AppendLower(StringBuilder lower, ReadOnlySpan<char> text, int place, Rune rune)
    {
        switch (rune.Value)
        {
            case 'İ':
                lower.Append("i\u0307");
                break;
            case 'Σ':
                lower.Append(EndsWord(text, place) ? 'ς' : 'σ');
                break;
            case 0x212A:
                lower.Append('k');
                break;
            default:
                AppendRune(lower, Rune.ToLowerInvariant(rune));
                break;
        }
    }

    private static void AppendTitle(StringBuilder title, Rune rune)
    {
        switch (rune.Value)
        {
            case >= 0x1C4 and <= 0x1CC:
                title.Append((char)(((rune.Value - 0x1C4) / 3 * 3) + 0x1C5));
                return;
            case >= 0x1F1 and <= 0x1F3:
                title.Append('\u01f2');
                return;
            case >= 0x10D0 and <= 0x10FF:
                AppendRune(title, rune);
                return;
            case 0x149:
                AppendUpper(title, rune);
                return;
        }

        // Greek letters with a iota below have one character for title case and two for upper case.
        var simple = SimpleUpper(rune);
        bool isTitle = simple != rune || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;
        if (!isTitle && LongUpper.TryGetValue(rune.Value, out string? expansion))
        {
            title.Append(expansion[0]);
            AppendLower(title, expansion.AsSpan(1));
        }
        else
        {
            AppendRune(title, simple);
        }
    }

    private static void AppendRune(StringBuilder target, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        target.Append(units[..rune.EncodeToUtf16(units)]);
    }

    // A sigma is final after a letter and before none.
    private static bool EndsWord(ReadOnlySpan<char> text, int place)
        => place > 0 && char.IsLetter(text[place - 1]) && (place + 1 == text.Length || !char.IsLetter(text[place + 1]));

    // C# leaves characters alone whose other case is ASCII.
    private static Rune SimpleUpper(Rune rune) => rune.Value switch
    {
        'ı' => new Rune('I'),
        'ſ' => new Rune('S'),
        _ => Rune.ToUpperInvariant(rune),
    };
}
