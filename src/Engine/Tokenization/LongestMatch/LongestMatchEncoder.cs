using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.LongestMatch;

/// <summary>RWKV's World vocabulary: from the left, always the longest piece that the bytes begin with, without words or merges.</summary>
internal sealed class LongestMatchEncoder : ISubwordEncoder
{
    private readonly PrefixIndex pieces;
    private readonly int unknown;

    /// <summary>Builds the tables of a vocabulary.</summary>
    public LongestMatchEncoder(Vocabulary vocabulary, PieceTable pieces)
    {
        this.pieces = new PrefixIndex(pieces, id => (vocabulary.Attributes[id] & TokenAttributes.Normal) != 0);
        unknown = vocabulary.Special.Unknown;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch)
    {
        var rest = scratch.Utf8(text);
        while (!rest.IsEmpty)
        {
            var matches = pieces.Find(rest);
            var (longest, id) = (1, unknown);
            while (matches.MoveNext()) (longest, id) = (matches.Length, matches.Id);
            if (id >= 0) scratch.Ids.Add(id);
            rest = rest[longest..];
        }
    }
}
