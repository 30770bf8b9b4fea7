using Hearth.Engine.Templates.Builtins;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>What follows a value: attributes, items, slices, calls, filters and tests.</summary>
internal sealed partial class ExpressionParser
{
    /// <summary>Parses a filter's name and arguments, applied to <paramref name="input"/>.</summary>
    public FilterCall ParseFilter(Expression? input)
    {
        int line = tokens.Current.Line;
        string name = ParseDottedName();
        if (!FilterCatalog.Contains(name))
        {
            unknown.Add((line, FilterCatalog.UnknownMessage(name)));
        }

        return new FilterCall(line, input, name, tokens.Current.IsOperator("(") ? ParseArguments() : CallArguments.None);
    }

    private Expression ParsePostfix(Expression expression)
    {
        while (true)
        {
            var token = tokens.Current;
            if (tokens.TakeIfOperator("."))
            {
                expression = ParseAttribute(token.Line, expression);
            }
            else if (tokens.TakeIfOperator("["))
            {
                expression = ParseSubscript(token.Line, expression);
            }
            else if (token.IsOperator("("))
            {
                expression = new Call(token.Line, expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression ParseFiltersAndTests(Expression expression)
    {
        while (true)
        {
            var token = tokens.Current;
            if (tokens.TakeIfOperator("|"))
            {
                expression = ParseFilter(expression);
            }
            else if (tokens.TakeIfName("is"))
            {
                expression = ParseTest(token.Line, expression);
            }
            else if (token.IsOperator("("))
            {
                expression = new Call(token.Line, expression, ParseArguments());
            }
            else
            {
                return expression;
            }
        }
    }

    private Expression ParseAttribute(int line, Expression owner)
    {
        if (tokens.Current.Kind == TokenKind.Integer)
        {
            return new ItemAccess(line, owner, ParsePrimary());
        }

        return new AttributeAccess(line, owner, tokens.Expect(TokenKind.Name, "an attribute's name").Text);
    }

    private Expression ParseSubscript(int line, Expression owner)
    {
        Expression? start = tokens.Current.IsOperator(":") ? null : Parse();
        if (!tokens.TakeIfOperator(":"))
        {
            var keys = new List<Expression> { start! };
            while (tokens.TakeIfOperator(","))
            {
                keys.Add(Parse());
            }

            tokens.ExpectOperator("]");
            return new ItemAccess(line, owner, keys.Count == 1 ? start! : new SequenceDisplay(line, [.. keys], isTuple: true));
        }

        var stop = IsOperator(":", "]") ? null : Parse();
        var step = tokens.TakeIfOperator(":") && !tokens.Current.IsOperator("]") ? Parse() : null;
        tokens.ExpectOperator("]");
        return new SliceAccess(line, owner, start, stop, step);
    }

    private CallArguments ParseArguments()
    {
        tokens.ExpectOperator("(");
        var positional = new List<Expression>();
        var named = new List<(string, Expression)>();
        var names = new HashSet<string>();
        Expression? spread = null, namedSpread = null;
        while (!tokens.TakeIfOperator(")"))
        {
            if (namedSpread is null && spread is null && tokens.TakeIfOperator("*"))
            {
                spread = Parse();
            }
            else if (namedSpread is null && tokens.TakeIfOperator("**"))
            {
                namedSpread = Parse();
            }
            else if (namedSpread is null && tokens.Current.Kind == TokenKind.Name && tokens.Next.IsOperator("="))
            {
                string name = tokens.Take().Text;
                tokens.Take();
                named.Add((name, Parse()));
                if (!names.Add(name))
                {
                    throw tokens.Error($"the argument '{name}' is given twice");
                }
            }
            else if (namedSpread is null && spread is null && named.Count == 0)
            {
                positional.Add(Parse());
            }
            else
            {
                throw tokens.Error("arguments by position must come first, and '**' last, in a call");
            }

            if (!tokens.Current.IsOperator(")"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return positional.Count + named.Count == 0 && spread is null && namedSpread is null
            ? CallArguments.None
            : new CallArguments([.. positional], [.. named], spread, namedSpread);
    }

    private Expression ParseTest(int line, Expression input)
    {
        bool negated = tokens.TakeIfName("not");
        string name = ParseDottedName();
        if (!TestCatalog.Contains(name))
        {
            unknown.Add((line, TestCatalog.UnknownMessage(name)));
        }

        var arguments = CallArguments.None;
        if (tokens.Current.IsOperator("("))
        {
            arguments = ParseArguments();
        }
        else if (StartsTestArgument())
        {
            tokens.Enter();
            arguments = new CallArguments([ParsePostfix(ParsePrimary())], [], null, null);
            tokens.Leave();
        }

        Expression test = new TestCall(line, input, name, arguments);
        return negated ? new Unary(line, "not", test) : test;
    }

    // A test may take one argument without brackets: x is divisibleby 3.
    private bool StartsTestArgument()
    {
        var token = tokens.Current;
        if (token.IsName("is"))
        {
            throw tokens.Error("tests cannot be chained with 'is'");
        }

        return token.Kind switch
        {
            TokenKind.Name => token.Text is not ("else" or "or" or "and"),
            TokenKind.Text or TokenKind.Integer or TokenKind.Float => true,
            _ => IsOperator("[", "{"),
        };
    }

    private string ParseDottedName()
    {
        string name = tokens.Expect(TokenKind.Name, "a name").Text;
        while (tokens.TakeIfOperator("."))
        {
            name += "." + tokens.Expect(TokenKind.Name, "a name").Text;
        }

        return name;
    }
}
