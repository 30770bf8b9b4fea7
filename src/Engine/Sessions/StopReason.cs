namespace Hearth.Engine.Sessions;

/// <summary>Why a generation ended.</summary>
public enum StopReason
{
    /// <summary>It has not.</summary>
    None,

    /// <summary>The model gave an end-of-generation token.</summary>
    EndOfGeneration,

    /// <summary>A stop string appeared.</summary>
    StopString,

    /// <summary>As many tokens as asked for.</summary>
    MaxTokens,

    /// <summary>The session holds as many positions as it can; nothing is ever dropped silently to make room.</summary>
    ContextFull,

    /// <summary>The caller cancelled.</summary>
    Cancelled,
}
