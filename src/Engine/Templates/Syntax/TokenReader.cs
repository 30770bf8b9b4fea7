using System.Runtime.CompilerServices;

namespace Hearth.Engine.Templates.Syntax;

/// <summary>Goes through the tokens of a template.</summary>
internal sealed class TokenReader(List<Token> tokens, int maxNesting)
{
    private int position;
    private int nesting;

    public Token Current => tokens[position];

    /// <summary>The token behind the current one.</summary>
    public Token Next => tokens[Math.Min(position + 1, tokens.Count - 1)];

    /// <summary>Takes the current token. The last one, the template's end, can be taken again and again.</summary>
    public Token Take()
    {
        var token = Current;
        position = Math.Min(position + 1, tokens.Count - 1);
        return token;
    }

    public bool TakeIfName(string name) => TakeIf(Current.IsName(name));

    public bool TakeIfOperator(string symbol) => TakeIf(Current.IsOperator(symbol));

    public Token Expect(TokenKind kind, string wanted)
        => Current.Kind == kind ? Take() : throw Error($"{wanted} is expected, but {Current.Description} stands there");

    public void ExpectOperator(string symbol)
    {
        if (!TakeIfOperator(symbol))
        {
            throw Error($"'{symbol}' is expected, but {Current.Description} stands there");
        }
    }

    public void ExpectName(string name)
    {
        if (!TakeIfName(name))
        {
            throw Error($"'{name}' is expected, but {Current.Description} stands there");
        }
    }

    /// <summary>Enters one level of nesting; each call is paired with <see cref="Leave"/>.</summary>
    public void Enter()
    {
        if (++nesting > maxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Error($"tags and brackets are nested more than {maxNesting} deep");
        }
    }

    public void Leave() => nesting--;

    public TemplateException Error(string message) => SyntaxError.At(Current.Line, message);

    private bool TakeIf(bool condition)
    {
        position += condition ? 1 : 0;
        return condition;
    }
}
