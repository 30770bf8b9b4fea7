using System.Globalization;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>Reads the tokens between a tag's marks. Brackets are tracked, because <c>}}</c> within a dictionary ends no tag.</summary>
internal sealed class TagReader(string source, TokenKind end)
{
    // Names are looked up over and over, at a price that does not depend on them.
    private const int MaxNameLength = 256;

    // Longer operators first.
    private static readonly string[] Operators =
    [
        "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", ">", "<", "=", ".", ":", "|",
        ",", ";",
    ];

    private readonly Stack<char> open = new();

    /// <summary>True if the tag ends here.</summary>
    /// <param name="place">Where to look.</param>
    /// <param name="after">The place behind the end mark.</param>
    /// <param name="mark"><c>-</c>, <c>+</c> or blank: what the end mark says about the blanks that follow.</param>
    public bool TryReadEnd(int place, out int after, out char mark)
    {
        string close = end == TokenKind.BlockEnd ? "%}" : "}}";
        bool isMark = source[place] == '-' || (source[place] == '+' && end == TokenKind.BlockEnd);
        mark = isMark ? source[place] : ' ';
        after = place + (isMark ? 3 : 2);
        return open.Count == 0 && string.CompareOrdinal(source, after - 2, close, 0, 2) == 0;
    }

    /// <summary>Reads one token and returns the place behind it.</summary>
    public int Read(int place, int line, List<Token> tokens)
    {
        char c = source[place];
        if (char.IsAsciiDigit(c))
        {
            return ReadNumber(place, line, tokens);
        }

        if (c is '"' or '\'')
        {
            return ReadText(place, line, tokens);
        }

        if (IsNamePart(c))
        {
            int length = 1;
            while (place + length < source.Length && IsNamePart(source[place + length]))
            {
                length++;
            }

            if (length > MaxNameLength)
            {
                throw SyntaxError.At(line, $"a name has more than {MaxNameLength} characters");
            }

            tokens.Add(new Token(TokenKind.Name, source.Substring(place, length), line));
            return place + length;
        }

        foreach (string symbol in Operators)
        {
            if (string.CompareOrdinal(source, place, symbol, 0, symbol.Length) == 0)
            {
                Balance(c, line);
                tokens.Add(new Token(TokenKind.Operator, symbol, line));
                return place + symbol.Length;
            }
        }

        throw SyntaxError.At(line, $"the character '{c}' has no meaning in a tag");
    }

    private static bool IsNamePart(char c) => c == '_' || char.IsLetterOrDigit(c) || char.GetUnicodeCategory(c)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.LetterNumber;

    private void Balance(char bracket, int line)
    {
        switch (bracket)
        {
            case '(':
                open.Push(')');
                break;
            case '[':
                open.Push(']');
                break;
            case '{':
                open.Push('}');
                break;
            case ')' or ']' or '}':
                if (!open.TryPop(out char expected))
                {
                    throw SyntaxError.At(line, $"'{bracket}' closes a bracket that is not open");
                }

                if (expected != bracket)
                {
                    throw SyntaxError.At(line, $"'{bracket}' stands where '{expected}' is expected");
                }

                break;
        }
    }

    private int ReadText(int place, int line, List<Token> tokens)
    {
        char quote = source[place];
        int close = place + 1;
        while (close < source.Length && source[close] != quote)
        {
            close += source[close] == '\\' ? 2 : 1;
        }

        if (close >= source.Length)
        {
            throw SyntaxError.At(line, "a string is not closed");
        }

        tokens.Add(new Token(TokenKind.Text, StringLiteral.Decode(source.AsSpan((place + 1)..close), line), line));
        return close + 1;
    }

    /// <summary>A number in Python's notation; a dot begins a fraction only where no dot stands before (<c>x.0.1</c>).</summary>
    private int ReadNumber(int place, int line, List<Token> tokens)
    {
        int after = EndOfDigits(place, char.IsAsciiDigit);
        bool mayHaveFraction = place == 0 || source[place - 1] != '.';
        int exponent = after;
        if (mayHaveFraction && At(after) == '.' && char.IsAsciiDigit(At(after + 1)))
        {
            exponent = EndOfDigits(after + 1, char.IsAsciiDigit);
        }

        int real = exponent;
        if (mayHaveFraction && At(exponent) is 'e' or 'E')
        {
            int digits = exponent + (At(exponent + 1) is '+' or '-' ? 2 : 1);
            real = char.IsAsciiDigit(At(digits)) ? EndOfDigits(digits, char.IsAsciiDigit) : exponent;
        }

        if (real > after)
        {
            tokens.Add(new Token(TokenKind.Float, WithoutSeparators(place, real), line));
            return real;
        }

        after = source[place] == '0' ? EndOfZero(place) : after;
        tokens.Add(new Token(TokenKind.Integer, WithoutSeparators(place, after), line));
        return after;
    }

    // After a zero: digits of another base, or more zeros, but no decimal digits.
    private int EndOfZero(int place)
    {
        int after = At(place + 1) switch
        {
            'x' or 'X' => EndOfDigits(place + 2, char.IsAsciiHexDigit),
            'o' or 'O' => EndOfDigits(place + 2, static c => c is >= '0' and <= '7'),
            'b' or 'B' => EndOfDigits(place + 2, static c => c is '0' or '1'),
            _ => EndOfDigits(place, static c => c == '0'),
        };
        return after > place + 2 || char.IsAsciiDigit(At(place + 1)) ? after : place + 1;
    }

    // Digits with single underscores between them.
    private int EndOfDigits(int place, Predicate<char> isDigit)
    {
        while (isDigit(At(place)) || (At(place) == '_' && isDigit(At(place + 1))))
        {
            place++;
        }

        return place;
    }

    private char At(int place) => place < source.Length ? source[place] : '\0';

    private string WithoutSeparators(int from, int to) => source[from..to].Replace("_", "", StringComparison.Ordinal);
}
