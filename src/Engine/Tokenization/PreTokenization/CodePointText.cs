using System.Buffers;
using System.Globalization;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>
/// A text in which each code point is one character, for regular expressions that count and classify code points while .NET's
/// see UTF-16. A code point beyond U+FFFF is stood in for by a character of its category that no expression lists by itself; white
/// space beyond ASCII is a vertical tab, as the reference has it.
/// </summary>
internal readonly ref struct CodePointText
{
    private const char Space = '\v';
    private const char Letter = '\u05D0';
    private const char CasedLetter = '\u03A9';
    private const char Mark = '\u0300';
    private const char Number = '\u0660';
    private const char Punctuation = '\u00A1';
    private const char Symbol = '\u00A9';
    private const char Other = '\u00AD';

    /// <summary>A Han character beyond U+FFFF, for expressions that know the script.</summary>
    private const char Han = '\u4E00';

    private static readonly SearchValues<char> WideSpaces = SearchValues.Create(
        "\u0085\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u2028\u2029\u202F\u205F\u3000");

    private readonly int[]? starts;

    private CodePointText(ReadOnlySpan<char> characters, int[]? starts)
    {
        Characters = characters;
        this.starts = starts;
    }

    /// <summary>What expressions match.</summary>
    public ReadOnlySpan<char> Characters { get; }

    /// <summary>Prepares a text; costs nothing when it has neither surrogates nor unusual spaces.</summary>
    /// <param name="text">Any text; unpaired surrogates count as U+FFFD.</param>
    /// <param name="knowsHan">Whether Han characters are to be told from other letters.</param>
    /// <param name="keepsSpaces">Whether white space beyond ASCII is to stay as it is.</param>
    public static CodePointText Create(ReadOnlySpan<char> text, bool knowsHan, bool keepsSpaces)
    {
        var hasSurrogates = text.ContainsAnyInRange('\uD800', '\uDFFF');
        if (!hasSurrogates && (keepsSpaces || !text.ContainsAny(WideSpaces))) return new CodePointText(text, null);

        var characters = new char[text.Length];
        var starts = hasSurrogates ? new int[text.Length + 1] : null;
        var count = 0;
        for (var i = 0; i < text.Length; count++)
        {
            if (starts is not null) starts[count] = i;
            var c = text[i++];
            if (char.IsHighSurrogate(c) && i < text.Length && char.IsLowSurrogate(text[i]))
            {
                characters[count] = StandIn(char.ConvertToUtf32(c, text[i++]), knowsHan);
            }
            else
            {
                var isWideSpace = c > 0x7F && !keepsSpaces && char.IsWhiteSpace(c);
                characters[count] = char.IsSurrogate(c) ? '\uFFFD' : isWideSpace ? Space : c;
            }
        }

        if (starts is not null) starts[count] = text.Length;
        return new CodePointText(characters.AsSpan(0, count), starts);
    }

    /// <summary>Where in the text a code point begins.</summary>
    public int IndexInText(int codePoint) => starts is null ? codePoint : starts[codePoint];

    private static char StandIn(int codePoint, bool knowsHan) => CharUnicodeInfo.GetUnicodeCategory(codePoint) switch
    {
        UnicodeCategory.OtherLetter when knowsHan && IsHan(codePoint) => Han,
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter when IsOfCasedScript(codePoint) => CasedLetter,
        <= UnicodeCategory.OtherLetter => Letter,
        <= UnicodeCategory.EnclosingMark => Mark,
        <= UnicodeCategory.OtherNumber => Number,
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => Punctuation,
        >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => Symbol,
        _ => Other,
    };

    // CJK extensions B to F and the compatibility supplement.
    private static bool IsHan(int c) => c is (>= 0x20000 and <= 0x2A6DF) or (>= 0x2A700 and <= 0x2EBEF) or (>= 0x2F800 and <= 0x2FA1F);

    // Deseret, Osage, Old Hungarian, Warang Citi, Adlam: the letters beyond U+FFFF that the deepseek-llm expression lists.
    private static bool IsOfCasedScript(int c) => c is (>= 0x10400 and <= 0x1044F) or (>= 0x104B0 and <= 0x104FB)
        or (>= 0x10C80 and <= 0x10CF2) or (>= 0x118A0 and <= 0x118DF) or (>= 0x1E900 and <= 0x1E943);
}
