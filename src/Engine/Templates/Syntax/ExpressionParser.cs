using System.Globalization;
using System.Text;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>
/// Parses expressions with Jinja's precedence, which is not quite Python's: <c>a if b else c</c>, <c>or</c>, <c>and</c>,
/// <c>not</c>, comparisons, <c>+ -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c> (from the left), signs, then attributes, items and
/// calls, then filters and tests.
/// </summary>
internal sealed partial class ExpressionParser(TokenReader tokens)
{
    private readonly List<(int Line, string Message)> unknown = [];
    private readonly List<(int Line, string Message)> unknownInScopes = [];

    /// <summary>How often a name that is special within macros has been read so far.</summary>
    public Dictionary<string, int> SpecialNames { get; } = new() { ["caller"] = 0, ["varargs"] = 0, ["kwargs"] = 0 };

    /// <summary>
    /// Unknown filters and tests seen so far. Jinja refuses a template for them unless they stand under a condition, where a
    /// template may have asked first whether they exist; those fail when they are reached.
    /// </summary>
    public int UnknownCount => unknown.Count;

    /// <summary>Accepts unknown names found since <paramref name="count"/> were known.</summary>
    public void AcceptUnknown(int count) => unknown.RemoveRange(count, unknown.Count - count);

    /// <summary>
    /// Keeps unknown names found since <paramref name="count"/> were known, whatever condition stands around them: one does not reach
    /// into a scope, such as a loop or a macro.
    /// </summary>
    public void KeepUnknown(int count)
    {
        unknownInScopes.AddRange(unknown[count..]);
        AcceptUnknown(count);
    }

    /// <summary>Refuses the template for the first unknown name.</summary>
    public void RefuseUnknown()
    {
        foreach (var (line, message) in unknownInScopes.Concat(unknown).OrderBy(found => found.Line))
        {
            throw SyntaxError.At(line, message);
        }
    }

    /// <summary>Parses one expression.</summary>
    /// <param name="withConditional">False where <c>if</c> ends the expression, as in <c>for x in items if condition</c>.</param>
    public Expression Parse(bool withConditional = true)
    {
        tokens.Enter();
        var expression = withConditional ? ParseConditional() : ParseOr();
        tokens.Leave();
        return expression;
    }

    /// <summary>Parses expressions up to the end of a tag; more than one, or a trailing comma, make a tuple.</summary>
    /// <param name="withConditional">False where <c>if</c> ends the expression.</param>
    /// <param name="endName">A name that ends the tuple after a comma.</param>
    /// <param name="inBrackets">True within brackets, where nothing at all is the empty tuple.</param>
    public Expression ParseTuple(bool withConditional = true, string? endName = null, bool inBrackets = false)
    {
        int line = tokens.Current.Line;
        var items = new List<Expression>();
        bool isTuple = false;
        while (!IsTupleEnd(endName))
        {
            items.Add(Parse(withConditional));
            if (!tokens.TakeIfOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        if (!isTuple && items.Count == 1)
        {
            return items[0];
        }

        return isTuple || inBrackets
            ? new SequenceDisplay(line, [.. items], isTuple: true)
            : throw tokens.Error($"an expression is expected, but {tokens.Current.Description} stands there");
    }

    private bool IsTupleEnd(string? endName)
        => tokens.Current.Kind is TokenKind.VariableEnd or TokenKind.BlockEnd
            || tokens.Current.IsOperator(")")
            || (endName is not null && tokens.Current.IsName(endName));

    private Expression ParseConditional()
    {
        int unknownBefore = UnknownCount;
        var expression = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            int line = tokens.Take().Line;
            var condition = ParseOr();
            Expression? otherwise = null;
            if (tokens.TakeIfName("else"))
            {
                tokens.Enter();
                otherwise = ParseConditional();
                tokens.Leave();
            }

            expression = new Conditional(line, condition, expression, otherwise);
            AcceptUnknown(unknownBefore);
        }

        return expression;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.Current.IsName("or"))
        {
            left = new Binary(tokens.Take().Line, "or", left, ParseAnd());
        }

        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Current.IsName("and"))
        {
            left = new Binary(tokens.Take().Line, "and", left, ParseNot());
        }

        return left;
    }

    private Expression ParseNot()
    {
        if (!tokens.Current.IsName("not"))
        {
            return ParseComparison();
        }

        int line = tokens.Take().Line;
        tokens.Enter();
        var operand = ParseNot();
        tokens.Leave();
        return new Unary(line, "not", operand);
    }

    private Expression ParseComparison()
    {
        int line = tokens.Current.Line;
        var first = ParseSum();
        var rest = new List<(string, Expression)>();
        while (TakeComparison() is { } symbol)
        {
            rest.Add((symbol, ParseSum()));
        }

        return rest.Count == 0 ? first : new Comparison(line, first, [.. rest]);
    }

    private string? TakeComparison()
    {
        if (tokens.Current.Kind == TokenKind.Operator && tokens.Current.Text is "==" or "!=" or "<" or "<=" or ">" or ">=")
        {
            return tokens.Take().Text;
        }

        if (tokens.TakeIfName("in"))
        {
            return "in";
        }

        if (tokens.Current.IsName("not") && tokens.Next.IsName("in"))
        {
            tokens.Take();
            tokens.Take();
            return "not in";
        }

        return null;
    }

    private Expression ParseSum()
    {
        var left = ParseConcatenation();
        while (IsOperator("+", "-"))
        {
            var symbol = tokens.Take();
            left = new Binary(symbol.Line, symbol.Text, left, ParseConcatenation());
        }

        return left;
    }

    private Expression ParseConcatenation()
    {
        int line = tokens.Current.Line;
        var first = ParseProduct();
        if (!tokens.Current.IsOperator("~"))
        {
            return first;
        }

        var parts = new List<Expression> { first };
        while (tokens.TakeIfOperator("~"))
        {
            parts.Add(ParseProduct());
        }

        return new Concatenation(line, [.. parts]);
    }

    private Expression ParseProduct()
    {
        var left = ParsePower();
        while (IsOperator("*", "/", "//", "%"))
        {
            var symbol = tokens.Take();
            left = new Binary(symbol.Line, symbol.Text, left, ParsePower());
        }

        return left;
    }

    private Expression ParsePower()
    {
        var left = ParseUnary(withFilters: true);
        while (IsOperator("**"))
        {
            var symbol = tokens.Take();
            left = new Binary(symbol.Line, "**", left, ParseUnary(withFilters: true));
        }

        return left;
    }

    private Expression ParseUnary(bool withFilters)
    {
        Expression expression;
        if (IsOperator("-", "+"))
        {
            var sign = tokens.Take();
            tokens.Enter();
            expression = new Unary(sign.Line, sign.Text, ParseUnary(withFilters: false));
            tokens.Leave();
        }
        else
        {
            expression = ParsePrimary();
        }

        expression = ParsePostfix(expression);
        return withFilters ? ParseFiltersAndTests(expression) : expression;
    }

    private Expression ParsePrimary()
    {
        var token = tokens.Current;
        switch (token.Kind)
        {
            case TokenKind.Name:
                tokens.Take();
                return NameOrConstant(token);
            case TokenKind.Text:
                return ParseText();
            case TokenKind.Integer:
                tokens.Take();
                return Numbers.TryParseInteger(token.Text, 0, out var integer)
                    ? new Literal(token.Line, integer)
                    : throw tokens.Error($"an integer has more than {Numbers.MaxDigits} digits");
            case TokenKind.Float:
                tokens.Take();
                return new Literal(token.Line, Value.From(double.Parse(token.Text, CultureInfo.InvariantCulture)));
            case TokenKind.Operator when token.Text is "(":
                tokens.Take();
                var inner = ParseTuple(inBrackets: true);
                tokens.ExpectOperator(")");
                return inner;
            case TokenKind.Operator when token.Text is "[":
                return ParseList();
            case TokenKind.Operator when token.Text is "{":
                return ParseDict();
            default:
                throw tokens.Error($"an expression is expected, but {token.Description} stands there");
        }
    }

    // Strings that follow each other are one.
    private Literal ParseText()
    {
        var first = tokens.Take();
        if (tokens.Current.Kind != TokenKind.Text)
        {
            return new Literal(first.Line, Value.From(first.Text));
        }

        var text = new StringBuilder(first.Text);
        while (tokens.Current.Kind == TokenKind.Text)
        {
            text.Append(tokens.Take().Text);
        }

        return new Literal(first.Line, Value.From(text.ToString()));
    }

    private Expression NameOrConstant(Token token)
    {
        switch (token.Text)
        {
            case "true" or "True":
                return new Literal(token.Line, Value.True);
            case "false" or "False":
                return new Literal(token.Line, Value.False);
            case "none" or "None":
                return new Literal(token.Line, Value.None);
        }

        if (SpecialNames.TryGetValue(token.Text, out int count))
        {
            SpecialNames[token.Text] = count + 1;
        }

        return new NameReference(token.Line, token.Text);
    }

    private SequenceDisplay ParseList()
    {
        int line = tokens.Take().Line;
        var items = new List<Expression>();
        while (!tokens.TakeIfOperator("]"))
        {
            items.Add(Parse());
            if (!tokens.Current.IsOperator("]"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new SequenceDisplay(line, [.. items], isTuple: false);
    }

    private DictDisplay ParseDict()
    {
        int line = tokens.Take().Line;
        var entries = new List<(Expression, Expression)>();
        while (!tokens.TakeIfOperator("}"))
        {
            var key = Parse();
            tokens.ExpectOperator(":");
            entries.Add((key, Parse()));
            if (!tokens.Current.IsOperator("}"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return new DictDisplay(line, [.. entries]);
    }

    private bool IsOperator(params ReadOnlySpan<string> symbols)
        => tokens.Current.Kind == TokenKind.Operator && symbols.Contains(tokens.Current.Text);
}
