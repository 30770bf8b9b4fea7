using System.Text.RegularExpressions;

namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>
/// The regular expressions of <see cref="PreTokenizerCatalog"/>, compiled with the program. They match text in which
/// <see cref="CodePointText"/> has made each code point one character and each white space beyond ASCII a vertical tab.
/// </summary>
/// <remarks>
/// Written as the models' publishers wrote them, except that a lookahead which only narrows a class is .NET's class
/// subtraction: <c>(?=\p{L})[^a-z]</c> is <c>[\p{L}-[a-z]]</c>.
/// </remarks>
internal static partial class PreTokenizerPatterns
{
    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    private const string Contraction = @"(?:'[sS]|'[tT]|'[rR][eE]|'[vV][eE]|'[mM]|'[lL][lL]|'[dD])";
    private const string Word = @"[^\r\n\p{L}\p{N}]?\p{L}+";
    private const string Symbols = @" ?[^\s\p{L}\p{N}]+";
    private const string Spaces = @"\s*[\r\n]+|\s+(?!\S)|\s+";

    // Letters whose case decides where a word ends (camelCase); caseless letters belong to both.
    private const string NotLower = @"[\p{L}-[a-z]]";
    private const string NotUpper = @"[\p{L}-[A-Z]]";
    private const string NotLowerOrMark = @"[\p{L}\p{M}-[a-z]]";
    private const string NotUpperOrMark = @"[\p{L}\p{M}-[A-Z]]";
    private const string BeforeWord = @"[^\r\n\p{L}\p{N}]?";

    // The publishers write upper and lower case apart here; the reference reads each of Lu, Ll, Lt, Lm and Lo as any letter.
    private const string LettersAndMarks = @"[\p{L}\p{M}]+";

    /// <summary>What stands between the brackets of a class of Han characters.</summary>
    public const string HanRanges = @"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF";
    private const string Han = "[" + HanRanges + "]";
    private const string NotHan = @"[\p{L}-[" + HanRanges + "]]";

    private const string Cjk = @"[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+";

    private const string AsciiPunctuation = @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~]";

    // Letters of the scripts with case. Those beyond U+FFFF are U+03A9 by the time the expression sees them.
    private const string DeepSeekLetters =
        @"A-Za-z\u00B5\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u01BA\u01BC-\u01BF\u01C4-\u0293\u0295-\u02AF\u0370-\u0373\u0376\u0377" +
        @"\u037B-\u037D\u037F\u0386\u0388-\u038A\u038C\u038E-\u03A1\u03A3-\u03F5\u03F7-\u0481\u048A-\u052F\u0531-\u0556" +
        @"\u10A0-\u10C5\u13A0-\u13F5\u13F8-\u13FD\u1C90-\u1CBA\u1CBD-\u1CBF\u1D00-\u1D2B\u1D6B-\u1D77\u1D79-\u1D9A\u1E00-\u1F15" +
        @"\u1F18-\u1F1D\u1F20-\u1F45\u1F48-\u1F4D\u1F50-\u1F57\u1F59\u1F5B\u1F5D\u1F5F-\u1F7D\u1F80-\u1FB4\u1FB6-\u1FBC\u1FBE" +
        @"\u1FC2-\u1FC4\u1FC6-\u1FCC\u1FD0-\u1FD3\u1FD6-\u1FDB\u1FE0-\u1FEC\u1FF2-\u1FF4\u1FF6-\u1FFC\u2102\u2107\u210A-\u2113" +
        @"\u2115\u2119-\u211D\u2124\u2126\u2128\u212A-\u212D\u212F-\u2134\u2139\u213C-\u213F\u2145-\u2149\u214E\u2183\u2184" +
        @"\u2C00-\u2C7B\u2C7E-\u2CE4\u2CEB-\u2CEE\u2CF2\u2CF3\uA640-\uA66D\uA680-\uA69B\uA722-\uA76F\uA771-\uA787\uA78B-\uA78E" +
        @"\uAB70-\uABBF\uFB00-\uFB06\uFB13-\uFB17\uFF21-\uFF3A\uFF41-\uFF5A";

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)", Options)]
    public static partial Regex Gpt2 { get; }

    [GeneratedRegex(Contraction + "|" + Word + @"|\p{N}{1,3}|" + Symbols + @"[\r\n]*|" + Spaces, Options)]
    public static partial Regex Llama3 { get; }

    [GeneratedRegex(Contraction + "|" + Word + @"|\p{N}|" + Symbols + @"[\r\n]*|" + Spaces, Options)]
    public static partial Regex Qwen2 { get; }

    [GeneratedRegex(Contraction + "|" + Word + @"|\p{N}+|" + Symbols + @"[\r\n]*|" + Spaces, Options)]
    public static partial Regex MiniCpm5 { get; }

    [GeneratedRegex(Contraction + @"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|" + Spaces, Options)]
    public static partial Regex Qwen35 { get; }

    [GeneratedRegex(Word + @"|\p{N}|" + Symbols + @"[\r\n]*|" + Spaces, Options)]
    public static partial Regex Ufakzeka { get; }

    [GeneratedRegex(
        @"'(?:[sSdDmMtT]|[lL][lL]|[vV][eE]|[rR][eE])|" + Word + @"|\p{N}|" + Symbols + @"[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+", Options)]
    public static partial Regex BailingMoe { get; }

    [GeneratedRegex(Contraction + "|" + Word + @"|\p{N}| ?[^\s\p{L}\p{N}\r\n]+|" + Spaces, Options)]
    public static partial Regex SeedCoder { get; }

    [GeneratedRegex(
        Contraction + "|" + BeforeWord + @"(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}|" + Symbols + @"[\r\n/]?|\s*[\r\n]|\s+(?!\S)|\s+",
        Options)]
    public static partial Regex ExaoneMoe { get; }

    [GeneratedRegex(
        Contraction + "|" + Word + @"|\p{N}{1,3}|" + Symbols + @"[\r\n]*|\s*[\r\n]+|\s{512}(?!\S)|\s{256}(?!\S)|\s{128}(?!\S)|" +
        @"\s{64}(?!\S)|\s{32}(?!\S)|\s{16}(?!\S)|\s{8}(?!\S)|\s{4}(?!\S)|\s{1,2}(?!\S)|\s{1}", Options)]
    public static partial Regex Jais2 { get; }

    [GeneratedRegex(
        BeforeWord + NotLower + "*" + NotUpper + "+|" + BeforeWord + NotLower + "+" + NotUpper + @"*|\p{N}|" +
        Symbols + @"[\r\n/]*|" + Spaces, Options)]
    public static partial Regex Tekken { get; }

    [GeneratedRegex(
        BeforeWord + NotLower + "*" + NotUpper + "+" + Contraction + "?|" + BeforeWord + NotLower + "+" + NotUpper + "*" + Contraction +
        @"?|\p{N}{1,3}|" + Symbols + @"[\r\n/]*|" + Spaces, Options)]
    public static partial Regex Gpt4o { get; }

    [GeneratedRegex(
        BeforeWord + NotLowerOrMark + "*" + NotUpperOrMark + "+" + Contraction + "?|" +
        BeforeWord + NotLowerOrMark + "+" + NotUpperOrMark + "*" + Contraction + @"?|\p{N}{1,3}|" +
        Symbols + @"[\r\n/]*|" + Spaces, Options)]
    public static partial Regex GraniteMultilingual { get; }

    [GeneratedRegex(BeforeWord + LettersAndMarks + Contraction + @"?|\p{N}|" + Symbols + @"[\r\n/]*|" + Spaces, Options)]
    public static partial Regex Youtu { get; }

    [GeneratedRegex(BeforeWord + LettersAndMarks + Contraction + @"?|\p{N}{1,3}|" + Symbols + @"[\r\n/]*|" + Spaces, Options)]
    public static partial Regex TinyAya { get; }

    [GeneratedRegex(
        Han + "+|" + BeforeWord + NotHan + "+" + Contraction + @"?|\p{N}{1,3}|" + Symbols + @"[\r\n]*|" + Spaces, Options)]
    public static partial Regex KimiK2 { get; }

    /// <summary>Hangul, East Asian punctuation, Bopomofo, and Han with kana.</summary>
    [GeneratedRegex(
        @"[\uAC00-\uD7A3\u3131-\u318E]+|" +
        @"[\uFF01\u2026\u201C\u201D\u2018\u2019\u2014\uFF1A\uFF1B\uFF0C\u3001-\u303F\uFE30-\uFE4F]+|[\u3105-\u312F]+|" + Cjk, Options)]
    public static partial Regex YoutuScripts { get; }

    [GeneratedRegex(Cjk, Options)]
    public static partial Regex CjkRun { get; }

    [GeneratedRegex(
        AsciiPunctuation + @"[A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|" + Spaces, Options)]
    public static partial Regex DeepSeek3 { get; }

    [GeneratedRegex(
        AsciiPunctuation + @"[A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+|[\r\n]|\s+(?!\S)|\s+", Options)]
    public static partial Regex Spark { get; }

    [GeneratedRegex(@"[\r\n]", Options)]
    public static partial Regex LineBreak { get; }

    [GeneratedRegex(@"\s?[" + DeepSeekLetters + "]+", Options)]
    public static partial Regex DeepSeekWord { get; }

    [GeneratedRegex(@"\s?[!-/:-~\uFF01-\uFF0F\uFF1A-\uFF5E\u2018-\u201F\u3001\u3002]+", Options)]
    public static partial Regex DeepSeekPunctuation { get; }

    [GeneratedRegex(@"\s+\z", Options)]
    public static partial Regex SpacesAtEnd { get; }

    [GeneratedRegex(@"[\u0800-\u9FA5\uAC00-\uD7FF]+", Options)]
    public static partial Regex DeepSeekCjk { get; }

    [GeneratedRegex(@"\s?\p{L}+", Options)]
    public static partial Regex SpacedWord { get; }

    [GeneratedRegex(@"\s?\p{P}+", Options)]
    public static partial Regex SpacedPunctuation { get; }

    [GeneratedRegex(@"\p{N}", Options)]
    public static partial Regex Number { get; }

    [GeneratedRegex(@"\p{N}+", Options)]
    public static partial Regex Numbers { get; }

    [GeneratedRegex(@"\p{N}{1,3}", Options)]
    public static partial Regex NumbersByThree { get; }

    [GeneratedRegex("[0-9][0-9][0-9]", Options)]
    public static partial Regex ThreeDigits { get; }

    [GeneratedRegex(@"[\p{P}$+<=>^~|]+", Options)]
    public static partial Regex DefaultPunctuation { get; }

    [GeneratedRegex(@"[\p{P}$+<=>^~|`]+", Options)]
    public static partial Regex FalconPunctuation { get; }

    [GeneratedRegex(@"[^\n]+|[\n]+", Options)]
    public static partial Regex Lines { get; }

    [GeneratedRegex(@"\S+", Options)]
    public static partial Regex NotSpaces { get; }

    [GeneratedRegex(@" ?[^(\s|.,!?\u2026\u3002\uFF0C\u3001\u0964\u06D4\u060C)]+", Options)]
    public static partial Regex Bloom { get; }

    [GeneratedRegex("<sentinel:[0-9]+>", Options)]
    public static partial Regex ChameleonSentinel { get; }

    [GeneratedRegex("IMGIMG[A-I]{1,4}Z", Options)]
    public static partial Regex ChameleonImage { get; }

    [GeneratedRegex(@"[\t\n]|    |  ", Options)]
    public static partial Regex ChameleonIndent { get; }

    [GeneratedRegex(@"[\p{P}!-/:-@\[-`{-~]", Options)]
    public static partial Regex ChameleonPunctuation { get; }

    /// <summary>Scripts that put no spaces between words.</summary>
    [GeneratedRegex(
        @"[\u4E00-\u9FFF\u3400-\u4DBF\u8C48-\uFAFF\u3040-\u309F\u30A0-\u30FF\uFF65-\uFF9F\u2F00-\u2FDF\u0E40-\u0E7F" +
        @"\u0E80-\u0EFF\u1780-\u17FF\u1000-\u109F\uAA60-\uAA7F\uA9E0-\uA9FF\uAC00-\uD7AF\u1100-\u11FF]+", Options)]
    public static partial Regex AfmoeScripts { get; }
}
