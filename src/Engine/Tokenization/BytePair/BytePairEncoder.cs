using System.Text;
using Hearth.Engine.Tokenization.PreTokenization;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.BytePair;

/// <summary>
/// Byte-pair encoding: the text falls into words, and within each word pairs merge in the order of the vocabulary's list,
/// beginning with single bytes (byte-level vocabularies) or characters (the others).
/// </summary>
internal sealed class BytePairEncoder : ISubwordEncoder
{
    private readonly PieceTable pieces;
    private readonly MergeTable merges;
    private readonly PreTokenizer preTokenizer;
    private readonly ByteFallback fallback;
    private readonly bool byteLevel;
    private readonly bool escapeSpaces;
    private readonly bool ignoreMerges;

    /// <summary>Builds the tables of a vocabulary.</summary>
    /// <exception cref="InvalidModelException">A merge names a piece that is not in the vocabulary, or makes one.</exception>
    public BytePairEncoder(Vocabulary vocabulary, PieceTable pieces)
        : this(vocabulary, pieces, new MergeTable(vocabulary, pieces))
    {
    }

    /// <summary>Shares the tables of another encoder with the same pieces and merges.</summary>
    internal BytePairEncoder(Vocabulary vocabulary, PieceTable pieces, MergeTable merges)
    {
        this.pieces = pieces;
        this.merges = merges;
        preTokenizer = vocabulary.PreTokenizer
            ?? throw new ArgumentException("A byte-pair vocabulary needs a pre-tokenizer.", nameof(vocabulary));
        byteLevel = vocabulary.ByteLevel;
        escapeSpaces = vocabulary.EscapeSpaces;
        ignoreMerges = vocabulary.IgnoreMerges;
        fallback = byteLevel ? ByteFallback.OfByteLevel(pieces) : ByteFallback.Named(pieces, vocabulary.Special.Unknown);
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch)
    {
        var whole = preTokenizer.PrefixesSpace(text, isFirst) ? string.Concat(" ", text) : text;
        var start = 0;
        foreach (var end in preTokenizer.Split(whole, scratch))
        {
            EncodeWord(whole[start..end], scratch);
            start = end;
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, EncodingScratch scratch)
    {
        var utf8 = escapeSpaces ? scratch.EscapedUtf8(word, prefixSpace: false) : scratch.Utf8(word);
        var whole = ignoreMerges || utf8.Length == 1 ? pieces.Find(utf8) : -1;
        if (whole >= 0)
        {
            scratch.Ids.Add(whole);
            return;
        }

        scratch.Merger.Clear();
        for (var i = 0; i < utf8.Length;)
        {
            var length = 1;
            if (!byteLevel) Rune.DecodeFromUtf8(utf8[i..], out _, out length);
            scratch.Merger.Append(i, length, byteLevel ? fallback[utf8[i]] : pieces.Find(utf8.Slice(i, length)));
            i += length;
        }

        foreach (var symbol in scratch.Merger.Run(new Rule(merges)))
        {
            if (symbol.Length == 0) continue;
            if (symbol.Id >= 0) scratch.Ids.Add(symbol.Id);
            else fallback.Append(utf8.Slice(symbol.Start, symbol.Length), scratch.Ids);
        }
    }

    private readonly struct Rule(MergeTable merges) : IPairRule
    {
        public int Merge(in Symbol left, in Symbol right, out uint rank)
        {
            rank = 0;
            return left.Id < 0 || right.Id < 0 ? -1 : merges.Find(left.Id, right.Id, out rank);
        }
    }
}
