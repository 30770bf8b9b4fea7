namespace Hearth.Engine.Templates.Syntax;

/// <summary>Parses a template into statements.</summary>
internal sealed class StatementParser
{
    private readonly TokenReader tokens;
    private readonly ExpressionParser expressions;

    // Loops around the current place, within the innermost body that break and continue cannot leave.
    private int loops;

    private StatementParser(TokenReader tokens)
    {
        this.tokens = tokens;
        expressions = new ExpressionParser(tokens);
    }

    /// <summary>Parses the source of a template.</summary>
    public static Statement[] Parse(string source, TemplateLimits limits)
    {
        if (source.Length > limits.SourceCharacters)
        {
            throw new TemplateException(
                $"The chat template has {source.Length} characters; at most {limits.SourceCharacters} are accepted.");
        }

        var parser = new StatementParser(new TokenReader(Lexer.Tokenize(source), limits.Nesting));
        var body = parser.ParseBody(null);
        parser.expressions.RefuseUnknown();
        return body;
    }

    /// <summary>
    /// Parses up to a tag with one of the names, of which the name is left to the caller, or to the end of the template.
    /// </summary>
    private Statement[] ParseBody(string? opener, params ReadOnlySpan<string> ends)
    {
        tokens.Enter();
        var body = new List<Statement>();
        int openedAt = tokens.Current.Line;
        while (true)
        {
            var token = tokens.Current;
            switch (token.Kind)
            {
                case TokenKind.Data:
                    body.Add(new TextOutput(token.Line, tokens.Take().Text));
                    break;
                case TokenKind.VariableBegin:
                    tokens.Take();
                    body.Add(new ValueOutput(token.Line, expressions.ParseTuple()));
                    tokens.Expect(TokenKind.VariableEnd, "'}}'");
                    break;
                case TokenKind.BlockBegin:
                    tokens.Take();
                    if (tokens.Current.Kind == TokenKind.Name && ends.Contains(tokens.Current.Text))
                    {
                        tokens.Leave();
                        return [.. body];
                    }

                    ParseStatement(body, opener);
                    tokens.Expect(TokenKind.BlockEnd, "'%}'");
                    break;
                default:
                    if (opener is not null)
                    {
                        throw SyntaxError.At(openedAt, $"'{opener}' is not closed by '{ends[^1]}'");
                    }

                    tokens.Leave();
                    return [.. body];
            }
        }
    }

    /// <summary>Parses the rest of an opening tag, a body, and the name of the tag that ends it.</summary>
    private Statement[] ParseBlock(string opener, params ReadOnlySpan<string> ends)
    {
        tokens.TakeIfOperator(":");
        tokens.Expect(TokenKind.BlockEnd, "'%}'");
        return ParseBody(opener, ends);
    }

    private Statement[] ParseClosedBlock(string opener, string end)
    {
        var body = ParseBlock(opener, end);
        tokens.Take();
        return body;
    }

    private void ParseStatement(List<Statement> body, string? opener)
    {
        var tag = tokens.Expect(TokenKind.Name, "a tag's name");
        switch (tag.Text)
        {
            case "if":
                body.Add(ParseIf(tag.Line));
                break;
            case "for":
                body.Add(ParseFor(tag.Line));
                break;
            case "set":
                body.Add(ParseSet(tag.Line));
                break;
            case "macro":
                body.Add(ParseMacro(tag.Line));
                break;
            case "call":
                body.Add(ParseCallBlock(tag.Line));
                break;
            case "filter":
                body.Add(ParseFilterBlock(tag.Line));
                break;
            case "with":
                body.Add(ParseWith(tag.Line));
                break;
            case "break" or "continue":
                body.Add(loops > 0
                    ? new LoopControl(tag.Line, ends: tag.Text == "break")
                    : throw SyntaxError.At(tag.Line, $"'{tag.Text}' stands outside of a loop"));
                break;
            case "print":
                ParsePrint(body, tag.Line);
                break;
            case "generation":
                body.Add(new ScopedBody(tag.Line, InScope(() => OutsideOfLoops(() => ParseClosedBlock("generation", "endgeneration")))));
                break;
            case "block":
                body.Add(ParseNamedBlock(tag.Line));
                break;
            case "autoescape":
                body.Add(ParseAutoescape(tag.Line));
                break;
            case "include" or "import" or "from" or "extends":
                throw SyntaxError.At(tag.Line, $"'{tag.Text}' needs other templates, which a model file does not have");
            default:
                throw SyntaxError.At(tag.Line, opener is null
                    ? $"there is no tag '{tag.Text}'"
                    : $"there is no tag '{tag.Text}', or none that belongs here while '{opener}' is open");
        }
    }

    private If ParseIf(int line)
    {
        int unknownBefore = expressions.UnknownCount;
        var branches = new List<(Expression, Statement[])>();
        Statement[] otherwise = [];
        while (true)
        {
            var condition = expressions.ParseTuple(withConditional: false);
            branches.Add((condition, ParseBlock("if", "elif", "else", "endif")));
            string next = tokens.Take().Text;
            if (next == "elif")
            {
                continue;
            }

            otherwise = next == "else" ? ParseClosedBlock("else", "endif") : [];
            expressions.AcceptUnknown(unknownBefore);
            return new If(line, [.. branches], otherwise);
        }
    }

    private For ParseFor(int line)
    {
        var target = ParseTarget(allowsNamespace: false, endName: "in");
        tokens.ExpectName("in");
        var items = expressions.ParseTuple(withConditional: false, endName: "recursive");
        int unknownBefore = expressions.UnknownCount;
        var condition = tokens.TakeIfName("if") ? expressions.Parse() : null;
        bool isRecursive = tokens.TakeIfName("recursive");
        loops++;
        var body = ParseBlock("for", "else", "endfor");
        loops--;
        var otherwise = tokens.Take().Text == "else" ? ParseClosedBlock("else", "endfor") : [];
        expressions.KeepUnknown(unknownBefore);
        return new For(line, target, items, condition, isRecursive, body, otherwise);
    }

    private Statement ParseSet(int line)
    {
        var target = ParseTarget(allowsNamespace: true);
        if (tokens.TakeIfOperator("="))
        {
            return new Assignment(line, target, expressions.ParseTuple());
        }

        return InScope(() =>
        {
            FilterCall? filter = null;
            while (tokens.TakeIfOperator("|"))
            {
                filter = expressions.ParseFilter(filter);
            }

            return new BlockAssignment(line, target, filter, OutsideOfLoops(() => ParseClosedBlock("set", "endset")));
        });
    }

    private MacroDefinition ParseMacro(int line)
    {
        string name = tokens.Expect(TokenKind.Name, "the macro's name").Text;
        var (signature, body) = InScope(() => ParseMacroBody(name, ParseParameters(), "macro", "endmacro"));
        return new MacroDefinition(line, signature, body);
    }

    private CallBlock ParseCallBlock(int line)
    {
        var parameters = tokens.Current.IsOperator("(") ? InScope(ParseParameters) : [];
        var call = expressions.Parse() as Call ?? throw SyntaxError.At(line, "'call' needs a call, as in 'call name(arguments)'");
        var (signature, body) = InScope(() => ParseMacroBody("caller", parameters, "call", "endcall"));
        return new CallBlock(line, call, signature, body);
    }

    private (MacroSignature Signature, Statement[] Body) ParseMacroBody(
        string name, (string Name, Expression? Default)[] parameters, string opener, string end)
    {
        var before = new Dictionary<string, int>(expressions.SpecialNames);
        var body = OutsideOfLoops(() => ParseClosedBlock(opener, end));
        bool Reads(string special)
            => expressions.SpecialNames[special] > before[special] && !Array.Exists(parameters, parameter => parameter.Name == special);
        return (new MacroSignature(name, parameters, Reads("caller"), Reads("varargs"), Reads("kwargs")), body);
    }

    private (string Name, Expression? Default)[] ParseParameters()
    {
        var parameters = new List<(string Name, Expression? Default)>();
        tokens.ExpectOperator("(");
        while (!tokens.TakeIfOperator(")"))
        {
            string name = tokens.Expect(TokenKind.Name, "a parameter's name").Text;
            var otherwise = tokens.TakeIfOperator("=") ? expressions.Parse() : null;
            if (otherwise is null && parameters.Count > 0 && parameters[^1].Default is not null)
            {
                throw tokens.Error($"the parameter '{name}' needs a default, for the one before it has one");
            }

            parameters.Add((name, otherwise));
            if (!tokens.Current.IsOperator(")"))
            {
                tokens.ExpectOperator(",");
            }
        }

        return [.. parameters];
    }

    private FilterBlock ParseFilterBlock(int line)
    {
        return InScope(() =>
        {
            var filter = expressions.ParseFilter(null);
            while (tokens.TakeIfOperator("|"))
            {
                filter = expressions.ParseFilter(filter);
            }

            return new FilterBlock(line, filter, OutsideOfLoops(() => ParseClosedBlock("filter", "endfilter")));
        });
    }

    private With ParseWith(int line)
    {
        var bindings = new List<(Target, Expression)>();
        while (tokens.Current.Kind != TokenKind.BlockEnd)
        {
            if (bindings.Count > 0)
            {
                tokens.ExpectOperator(",");
            }

            var target = ParseTarget(allowsNamespace: false);
            tokens.ExpectOperator("=");
            bindings.Add((target, expressions.Parse()));
        }

        return new With(line, [.. bindings], InScope(() => ParseClosedBlock("with", "endwith")));
    }

    private void ParsePrint(List<Statement> body, int line)
    {
        for (bool first = true; tokens.Current.Kind != TokenKind.BlockEnd; first = false)
        {
            if (!first)
            {
                tokens.ExpectOperator(",");
            }

            body.Add(new ValueOutput(line, expressions.Parse()));
        }
    }

    private ScopedBody ParseNamedBlock(int line)
    {
        string name = tokens.Expect(TokenKind.Name, "the block's name").Text;
        tokens.TakeIfName("scoped");
        tokens.TakeIfName("required");
        var body = InScope(() => OutsideOfLoops(() => ParseClosedBlock("block", "endblock")));
        tokens.TakeIfName(name);
        return new ScopedBody(line, body);
    }

    private ScopedBody ParseAutoescape(int line)
    {
        if (expressions.Parse() is not Literal { Value.IsTrue: false })
        {
            throw SyntaxError.At(line, "automatic escaping is not offered; a prompt is not HTML");
        }

        return new ScopedBody(line, InScope(() => ParseClosedBlock("autoescape", "endautoescape")));
    }

    private Target ParseTarget(bool allowsNamespace, string? endName = null)
    {
        var targets = new List<Target>();
        bool isTuple = false;
        while (targets.Count == 0 || !IsTargetEnd(endName))
        {
            targets.Add(ParseSingleTarget(allowsNamespace, isInLoop: loops > 0 || endName == "in"));
            if (!tokens.TakeIfOperator(","))
            {
                break;
            }

            isTuple = true;
        }

        return isTuple ? new TupleTarget([.. targets]) : targets[0];
    }

    private bool IsTargetEnd(string? endName)
        => tokens.Current.Kind == TokenKind.BlockEnd || tokens.Current.IsOperator(")")
            || (endName is not null && tokens.Current.IsName(endName));

    private Target ParseSingleTarget(bool allowsNamespace, bool isInLoop)
    {
        if (tokens.TakeIfOperator("("))
        {
            tokens.Enter();
            var inner = ParseTarget(allowsNamespace: false, endName: isInLoop ? "in" : null);
            tokens.Leave();
            tokens.ExpectOperator(")");
            return inner;
        }

        var name = tokens.Expect(TokenKind.Name, "a name to assign to");
        if (name.Text is "true" or "True" or "false" or "False" or "none" or "None")
        {
            throw SyntaxError.At(name.Line, $"'{name.Text}' cannot be assigned to");
        }

        if (name.Text == "loop" && isInLoop)
        {
            throw SyntaxError.At(name.Line, "'loop' belongs to the loop and cannot be assigned to within it");
        }

        return allowsNamespace && tokens.TakeIfOperator(".")
            ? new NamespaceTarget(name.Text, tokens.Expect(TokenKind.Name, "an attribute's name").Text)
            : new NameTarget(name.Text);
    }

    // A body that is captured or called cannot break out of the loop around it.
    /// <summary>A part into which the condition around it does not reach: what is unknown there is refused at once.</summary>
    private T InScope<T>(Func<T> parse)
    {
        int unknownBefore = expressions.UnknownCount;
        var parsed = parse();
        expressions.KeepUnknown(unknownBefore);
        return parsed;
    }

    private T OutsideOfLoops<T>(Func<T> parse)
    {
        (int outer, loops) = (loops, 0);
        var parsed = parse();
        loops = outer;
        return parsed;
    }
}
