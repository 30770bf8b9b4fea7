using System.Globalization;
using System.Text;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>What kind of characters a text is made of, as Python's <c>str.is...</c> methods ask.</summary>
internal static class TextTests
{
    public static bool IsAlphabetic(string text) => All(text, IsLetter);

    public static bool IsAlphanumeric(string text) => All(text, IsAlphanumeric);

    public static bool IsAlphanumeric(Rune rune) => IsLetter(rune) || IsNumeral(rune);

    public static bool IsAscii(string text) => Ascii.IsValid(text);

    public static bool IsDecimal(string text)
        => All(text, static rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber);

    // Digits include superscripts and circled digits, which have a digit's value but not its use.
    public static bool IsDigit(string text)
        => All(text, static rune => CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0);

    public static bool IsNumeric(string text) => All(text, IsNumeral);

    public static bool IsSpace(string text) => text.Length > 0 && text.AsSpan().IndexOfAnyExcept(PythonText.Blanks) < 0;

    public static bool IsPrintable(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!PythonText.IsPrintable(rune))
            {
                return false;
            }
        }

        return true;
    }

    public static bool IsIdentifier(string text)
    {
        bool first = true;
        foreach (var rune in text.EnumerateRunes())
        {
            bool starts = rune.Value == '_' || IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;
            bool continues = starts || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DecimalDigitNumber
                or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.ConnectorPunctuation;
            if (first ? !starts : !continues)
            {
                return false;
            }

            first = false;
        }

        return !first;
    }

    public static bool IsLower(string text) => HasOnlyCase(text, Casing.IsLower, Casing.IsUpper);

    public static bool IsUpper(string text) => HasOnlyCase(text, Casing.IsUpper, Casing.IsLower);

    public static bool IsTitle(string text)
    {
        bool any = false, afterCased = false;
        foreach (var rune in text.EnumerateRunes())
        {
            bool upper = Casing.IsUpper(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;
            bool lower = Casing.IsLower(rune);
            if ((upper && afterCased) || (lower && !afterCased))
            {
                return false;
            }

            afterCased = upper || lower;
            any |= afterCased;
        }

        return any;
    }

    private static bool IsLetter(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.UppercaseLetter
        or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter;

    private static bool IsNumeral(Rune rune) => Rune.GetNumericValue(rune) is not -1;

    private static bool HasOnlyCase(string text, Func<Rune, bool> wanted, Func<Rune, bool> unwanted)
    {
        bool any = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (unwanted(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter)
            {
                return false;
            }

            any |= wanted(rune);
        }

        return any;
    }

    private static bool All(string text, Func<Rune, bool> test)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            if (!test(rune))
            {
                return false;
            }
        }

        return text.Length > 0;
    }
}
