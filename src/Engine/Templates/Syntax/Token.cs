namespace Hearth.Engine.Templates.Syntax;

/// <summary>One token of a template.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text; of a string literal, what the literal stands for.</param>
/// <param name="Line">The line on which it begins, counted from 1.</param>
internal readonly record struct Token(TokenKind Kind, string Text, int Line)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;

    /// <summary>The token in a message.</summary>
    public string Description => Kind switch
    {
        TokenKind.Data => "template text",
        TokenKind.VariableBegin => "'{{'",
        TokenKind.VariableEnd => "'}}'",
        TokenKind.BlockBegin => "'{%'",
        TokenKind.BlockEnd => "'%}'",
        TokenKind.Text => "a string",
        TokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
