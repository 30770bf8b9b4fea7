using System.Globalization;
using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.WordPiece;

/// <summary>
/// WordPiece: text loses accents and case, as a rule, and falls into words at spaces, punctuation and Han characters; each word is
/// covered by the longest pieces from the left, or is unknown as a whole.
/// </summary>
/// <remarks>A piece that begins a word begins with U+2581, one that continues a word does not.</remarks>
internal sealed class WordPieceEncoder : ISubwordEncoder
{
    private readonly PrefixIndex pieces;
    private readonly int unknown;
    private readonly bool lowerCase, stripAccents;

    /// <summary>Builds the tables of a vocabulary.</summary>
    public WordPieceEncoder(Vocabulary vocabulary, PieceTable pieces)
    {
        this.pieces = new PrefixIndex(pieces, id => true);
        unknown = vocabulary.Special.Unknown;
        lowerCase = vocabulary.LowerCase;
        stripAccents = vocabulary.StripAccents;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch)
    {
        // A word is at most the whole text, and lower-casing may lengthen a character's UTF-8 to four bytes.
        var word = scratch.Bytes(checked((text.Length * 4) + 3));
        "\u2581"u8.CopyTo(word);
        var length = 3;
        foreach (var original in text.EnumerateRunes())
        {
            var rune = stripAccents ? CanonicalBase.Of(original) : original;
            if (Rune.IsWhiteSpace(rune))
            {
                EndWord(word, ref length, scratch);
                continue;
            }

            var category = Rune.GetUnicodeCategory(rune);
            if (IsDropped(rune, category) || (stripAccents && IsMark(category))) continue;
            var alone = IsWordOfItsOwn(rune, category);
            if (alone) EndWord(word, ref length, scratch);
            length += (lowerCase ? Rune.ToLowerInvariant(rune) : rune).EncodeToUtf8(word[length..]);
            if (alone) EndWord(word, ref length, scratch);
        }

        EndWord(word, ref length, scratch);
    }

    private static bool IsDropped(Rune rune, UnicodeCategory category) => rune.Value is 0 or 0xFFFD
        || category is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse or UnicodeCategory.Surrogate;

    private static bool IsMark(UnicodeCategory category)
        => category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    private static bool IsWordOfItsOwn(Rune rune, UnicodeCategory category) => IsHan(rune.Value) || category switch
    {
        >= UnicodeCategory.ConnectorPunctuation and <= UnicodeCategory.OtherPunctuation => true,
        >= UnicodeCategory.MathSymbol and <= UnicodeCategory.OtherSymbol => rune.IsAscii,
        _ => false,
    };

    // The blocks that the original tokenizer lists; extension E begins at 2B920 there, by a slip that models have learned.
    private static bool IsHan(int c) => c is (>= 0x4E00 and <= 0x9FFF) or (>= 0x3400 and <= 0x4DBF) or (>= 0x20000 and <= 0x2A6DF)
        or (>= 0x2A700 and <= 0x2B81F) or (>= 0x2B920 and <= 0x2CEAF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x2F800 and <= 0x2FA1F);

    private void EndWord(ReadOnlySpan<byte> word, ref int length, EncodingScratch scratch)
    {
        if (length > 3) EncodeWord(word[..length], scratch);
        length = 3;
    }

    private void EncodeWord(ReadOnlySpan<byte> word, EncodingScratch scratch)
    {
        var before = scratch.Ids.Count;
        while (!word.IsEmpty)
        {
            var matches = pieces.Find(word);
            var (longest, id) = (0, -1);
            while (matches.MoveNext()) (longest, id) = (matches.Length, matches.Id);
            if (longest == 0)
            {
                scratch.Ids.RemoveRange(before, scratch.Ids.Count - before);
                if (unknown >= 0) scratch.Ids.Add(unknown);
                return;
            }

            scratch.Ids.Add(id);
            word = word[longest..];
        }
    }
}
