namespace Hearth.Engine.Tokenization;

/// <summary>Ids with a role of their own; <see cref="None"/> where the vocabulary has no such token.</summary>
public sealed record SpecialTokens
{
    /// <summary>Stands for "there is no such token".</summary>
    public const int None = -1;

    /// <summary>Begins a sequence.</summary>
    public int Bos { get; init; } = None;

    /// <summary>Ends a sequence.</summary>
    public int Eos { get; init; } = None;

    /// <summary>Ends a turn of a conversation.</summary>
    public int Eot { get; init; } = None;

    /// <summary>Ends a message that waits for an answer (a tool call).</summary>
    public int Eom { get; init; } = None;

    /// <summary>Stands for text that the vocabulary cannot express.</summary>
    public int Unknown { get; init; } = None;

    /// <summary>Separates two texts.</summary>
    public int Separator { get; init; } = None;

    /// <summary>Fills up a batch.</summary>
    public int Pad { get; init; } = None;

    /// <summary>Stands for a hidden token in training.</summary>
    public int Mask { get; init; } = None;

    /// <summary>A line break.</summary>
    public int Newline { get; init; } = None;

    /// <summary>Introduces the text before a gap to be filled in.</summary>
    public int InfillPrefix { get; init; } = None;

    /// <summary>Introduces the text after a gap to be filled in.</summary>
    public int InfillSuffix { get; init; } = None;

    /// <summary>Introduces the text that fills the gap.</summary>
    public int InfillMiddle { get; init; } = None;

    /// <summary>Fills up an infill text.</summary>
    public int InfillPad { get; init; } = None;

    /// <summary>Introduces the name of a repository.</summary>
    public int InfillRepository { get; init; } = None;

    /// <summary>Separates files.</summary>
    public int InfillFile { get; init; } = None;

    /// <summary>Whether <see cref="Bos"/> is added before a text.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether <see cref="Eos"/> is added after a text.</summary>
    public bool AddEos { get; init; }

    /// <summary>Whether <see cref="Separator"/> stands between and after texts.</summary>
    public bool AddSeparator { get; init; }
}
