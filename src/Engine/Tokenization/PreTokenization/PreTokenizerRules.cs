namespace Hearth.Engine.Tokenization.PreTokenization;

/// <summary>What a name in <c>tokenizer.ggml.pre</c> stands for: how words are found, and what else such vocabularies share.</summary>
/// <param name="PreTokenizer">How words are found.</param>
internal sealed record PreTokenizerRules(PreTokenizer PreTokenizer)
{
    /// <summary>Whether a word that is itself a token is taken whole.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>Whether bos is added, unless the file says otherwise.</summary>
    public bool AddBos { get; init; }

    /// <summary>Whether bos is added whatever the file says: files of these models were written without the key or with a wrong one.</summary>
    public bool AlwaysAddsBos { get; init; }

    /// <summary>Whether separators are added, unless the file says otherwise.</summary>
    public bool AddSeparator { get; init; }

    /// <summary>Whether detokenised text loses the spaces before punctuation.</summary>
    public bool CleanSpaces { get; init; }

    /// <summary>Whether spaces are U+2581 in pieces.</summary>
    public bool EscapeSpaces { get; init; }

    /// <summary>Whether pieces are spelt in <see cref="ByteAlphabet"/>.</summary>
    public bool ByteLevel { get; init; } = true;
}
