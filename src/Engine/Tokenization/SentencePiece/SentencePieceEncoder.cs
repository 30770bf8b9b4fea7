using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.SentencePiece;

/// <summary>
/// SentencePiece's byte-pair encoding: characters merge to the pieces of the vocabulary, the pair whose piece has the highest
/// score first; characters that no piece covers become bytes.
/// </summary>
internal sealed class SentencePieceEncoder : ISubwordEncoder
{
    private readonly PieceTable pieces;
    private readonly uint[] ranks; // per id, ascending as scores descend
    private readonly ByteFallback fallback;
    private readonly bool addSpacePrefix;
    private readonly bool escapeSpaces;

    /// <summary>Builds the tables of a vocabulary.</summary>
    public SentencePieceEncoder(Vocabulary vocabulary, PieceTable pieces)
    {
        this.pieces = pieces;
        ranks = Array.ConvertAll(vocabulary.Scores, Rank);
        fallback = ByteFallback.Named(pieces, vocabulary.Special.Unknown);
        addSpacePrefix = vocabulary.AddSpacePrefix;
        escapeSpaces = vocabulary.EscapeSpaces;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch)
    {
        var utf8 = escapeSpaces ? scratch.EscapedUtf8(text, addSpacePrefix) : scratch.Utf8(text);
        scratch.Merger.Clear();
        for (var i = 0; i < utf8.Length;)
        {
            Rune.DecodeFromUtf8(utf8[i..], out _, out var length);
            scratch.Merger.Append(i, length, pieces.Find(utf8.Slice(i, length)));
            i += length;
        }

        foreach (var symbol in scratch.Merger.Run(new Rule(pieces, ranks, utf8)))
        {
            if (symbol.Length == 0) continue;
            if (symbol.Id >= 0) scratch.Ids.Add(symbol.Id);
            else fallback.Append(utf8.Slice(symbol.Start, symbol.Length), scratch.Ids);
        }
    }

    // Maps scores to integers in reverse order: the bits of a float ascend with its magnitude.
    private static uint Rank(float score)
    {
        var bits = BitConverter.SingleToUInt32Bits(score + 0f);
        return (bits & 0x8000_0000) != 0 ? bits : ~bits & 0x7FFF_FFFF;
    }

    private readonly ref struct Rule(PieceTable pieces, uint[] ranks, ReadOnlySpan<byte> utf8) : IPairRule
    {
        private readonly ReadOnlySpan<byte> utf8 = utf8;

        public int Merge(in Symbol left, in Symbol right, out uint rank)
        {
            var id = pieces.Find(utf8.Slice(left.Start, left.Length + right.Length));
            rank = id < 0 ? 0 : ranks[id];
            return id;
        }
    }
}
