namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>Which text gets a space before it is split.</summary>
internal enum SpacePrefix
{
    /// <summary>None.</summary>
    None,

    /// <summary>Every stretch of text between special tokens.</summary>
    Always,

    /// <summary>Every stretch that does not begin with a space already.</summary>
    UnlessPresent,

    /// <summary>The beginning of the whole text, if it does not begin with a space already.</summary>
    FirstUnlessPresent,
}
