namespace Hearth.Engine.Templates.Syntax;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    /// <summary>Text outside of tags, as it is printed.</summary>
    Data,
    VariableBegin,
    VariableEnd,
    BlockBegin,
    BlockEnd,
    Name,
    Text,
    Integer,
    Float,

    /// <summary>An operator or bracket; the token's text says which.</summary>
    Operator,
    End,
}
