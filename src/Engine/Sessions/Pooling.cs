namespace Hearth.Engine.Sessions;

/// <summary>How the states of a text's tokens become one vector.</summary>
public enum Pooling
{
    /// <summary>Their mean.</summary>
    Mean,

    /// <summary>The state of the first token, BERT's [CLS].</summary>
    Cls,

    /// <summary>The state of the last token, the one that a decoder lets see the whole text.</summary>
    Last,
}
