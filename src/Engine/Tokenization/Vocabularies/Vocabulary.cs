using System.Globalization;
using Hearth.Engine.Tokenization.PreTokenization;

namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>
/// A vocabulary as its file states it, whichever file that was: pieces, what they are, and the rules for splitting text.
/// The readers fill it, <see cref="Tokenizer"/> and the subword encoders build their tables from it.
/// </summary>
internal sealed record Vocabulary
{
    public required SubwordKind Kind { get; init; }

    /// <summary>The pieces as written in the file: for byte-level vocabularies in the letters of <see cref="ByteAlphabet"/>.</summary>
    public required Utf8List Texts { get; init; }

    /// <summary>As many as <see cref="Texts"/>.</summary>
    public required TokenAttributes[] Attributes { get; init; }

    /// <summary>As many as <see cref="Texts"/>, or none for kinds that have no scores.</summary>
    public float[] Scores { get; init; } = [];

    /// <summary>In order of rank, for <see cref="SubwordKind.BytePair"/>.</summary>
    public MergeList Merges { get; init; } = new(0);

    public SpecialTokens Special { get; init; } = new();

    /// <summary>Ascending, without repeats.</summary>
    public int[] EndOfGeneration { get; init; } = [];

    /// <summary>How text falls into words, for <see cref="SubwordKind.BytePair"/>.</summary>
    public PreTokenizer? PreTokenizer { get; init; }

    /// <summary>A normalisation map in SentencePiece's precompiled form, or empty, for <see cref="SubwordKind.Unigram"/>.</summary>
    public byte[] CharsMap { get; init; } = [];

    /// <summary>Whether a leading space is put before text.</summary>
    public bool AddSpacePrefix { get; init; }

    /// <summary>Whether spaces in text are U+2581 in pieces.</summary>
    public bool EscapeSpaces { get; init; }

    /// <summary>Whether runs of spaces count as one, for <see cref="SubwordKind.Unigram"/>.</summary>
    public bool RemoveExtraSpaces { get; init; }

    /// <summary>Whether letters lose their case, for <see cref="SubwordKind.WordPiece"/>.</summary>
    public bool LowerCase { get; init; } = true;

    /// <summary>Whether letters lose their accents, for <see cref="SubwordKind.WordPiece"/>.</summary>
    public bool StripAccents { get; init; } = true;

    /// <summary>Whether detokenised text loses the spaces before punctuation.</summary>
    public bool CleanSpaces { get; init; }

    /// <summary>Whether pieces are spelt in <see cref="ByteAlphabet"/>, for <see cref="SubwordKind.BytePair"/>.</summary>
    public bool ByteLevel { get; init; }

    /// <summary>Whether a word that is itself a token is taken whole, whatever the merges say.</summary>
    public bool IgnoreMerges { get; init; }

    /// <summary>The vocabulary with nameless tokens up to a size, for embeddings that have more rows than there are tokens.</summary>
    /// <param name="size">Tokens; fewer than there are change nothing.</param>
    public Vocabulary PaddedTo(int size)
    {
        int count = Attributes.Length;
        if (size <= count)
            return this;
        var attributes = new TokenAttributes[size];
        Attributes.CopyTo(attributes.AsSpan());
        attributes.AsSpan(count).Fill(TokenAttributes.Unused);
        float[] scores = Scores;
        if (scores.Length > 0)
            Array.Resize(ref scores, size);
        for (int id = count; id < size; id++)
            Texts.Add(Kind == SubwordKind.None ? "" : string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"));
        return this with { Attributes = attributes, Scores = scores };
    }
}
