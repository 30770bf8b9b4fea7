namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>How a vocabulary splits text.</summary>
internal enum SubwordKind
{
    /// <summary>The model has no text vocabulary.</summary>
    None,

    /// <summary>Pairs merge by the score of the token they make (<c>llama</c>).</summary>
    SentencePiece,

    /// <summary>Pairs merge by a list of merges, within words (<c>gpt2</c>, <c>gemma4</c>).</summary>
    BytePair,

    /// <summary>Longest match from the left within words (<c>bert</c>).</summary>
    WordPiece,

    /// <summary>The path of tokens with the best sum of scores (<c>t5</c>).</summary>
    Unigram,

    /// <summary>Longest match from the left, over bytes and without words (<c>rwkv</c>).</summary>
    LongestMatch,
}
