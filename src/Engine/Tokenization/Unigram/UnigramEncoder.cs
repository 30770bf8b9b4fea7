using System.Buffers;
using System.Text;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.Unigram;

/// <summary>
/// SentencePiece's Unigram model: of all ways to cover the normalised text with pieces, the one with the highest sum of scores
/// (a Viterbi search from left to right). Characters that no piece covers are unknown; a run of them is one token.
/// </summary>
internal sealed class UnigramEncoder : ISubwordEncoder
{
    // How much less likely than the least likely piece an unknown character is.
    private const float UnknownPenalty = 10;

    private readonly PrefixIndex pieces;
    private readonly PrefixIndex userDefined;
    private readonly PrecompiledCharsMap charsMap;
    private readonly float[] scores;
    private readonly double unknownScore;
    private readonly int unknown;
    private readonly bool addSpacePrefix;
    private readonly bool mergeSpaces;

    /// <summary>Builds the tables of a vocabulary.</summary>
    /// <exception cref="InvalidModelException">The normalisation map is damaged.</exception>
    public UnigramEncoder(Vocabulary vocabulary, PieceTable pieces)
    {
        const TokenAttributes text = TokenAttributes.Normal | TokenAttributes.UserDefined | TokenAttributes.Unused;
        var attributes = vocabulary.Attributes;
        this.pieces = new PrefixIndex(pieces, id => (attributes[id] & text) != 0);
        userDefined = new PrefixIndex(pieces, id => (attributes[id] & TokenAttributes.UserDefined) != 0);
        charsMap = new PrecompiledCharsMap(vocabulary.CharsMap);
        unknown = vocabulary.Special.Unknown;
        addSpacePrefix = vocabulary.AddSpacePrefix;
        mergeSpaces = vocabulary.RemoveExtraSpaces;

        scores = (float[])vocabulary.Scores.Clone();
        var least = float.MaxValue;
        for (var id = 0; id < scores.Length; id++)
        {
            if ((attributes[id] & TokenAttributes.Normal) != 0) least = Math.Min(least, scores[id]);
            if ((attributes[id] & TokenAttributes.UserDefined) != 0) scores[id] = 0;
        }

        unknownScore = least - UnknownPenalty;
    }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool isFirst, EncodingScratch scratch)
    {
        var normalized = new ArrayBufferWriter<byte>(Math.Max(16, text.Length * 2));
        Normalize(scratch.Utf8(text), normalized);
        var utf8 = normalized.WrittenSpan;
        if (utf8.IsEmpty) return;

        // best[i] ends at byte i.
        var best = ArrayPool<Step>.Shared.Rent(utf8.Length + 1);
        Search(utf8, best.AsSpan(0, utf8.Length + 1));
        AppendPath(best, utf8.Length, scratch.Ids);
        ArrayPool<Step>.Shared.Return(best);
    }

    private void Search(ReadOnlySpan<byte> utf8, Span<Step> best)
    {
        best.Fill(new Step(unknown, 0, double.NegativeInfinity));
        best[0] = new Step(unknown, 0, 0);
        for (var start = 0; start < utf8.Length;)
        {
            Rune.DecodeFromUtf8(utf8[start..], out _, out var characterLength);
            var score = best[start].Score;
            var coversCharacter = false;
            var matches = pieces.Find(utf8[start..]);
            while (matches.MoveNext())
            {
                coversCharacter |= matches.Length == characterLength;
                Offer(ref best[start + matches.Length], matches.Id, start, score + scores[matches.Id]);
            }

            if (!coversCharacter) Offer(ref best[start + characterLength], unknown, start, score + unknownScore);
            start += characterLength;
        }
    }

    private static void Offer(ref Step step, int id, int start, double score)
    {
        if (score > step.Score) step = new Step(id, start, score);
    }

    private void AppendPath(Step[] best, int end, List<int> ids)
    {
        var first = ids.Count;
        var afterUnknown = false;
        do
        {
            var step = best[end];
            var isUnknown = step.Id == unknown;
            if (!(isUnknown && afterUnknown) && step.Id >= 0) ids.Add(step.Id);
            afterUnknown = isUnknown;
            end = step.Start;
        }
        while (end > 0);
        ids.Reverse(first, ids.Count - first);
    }

    // Replaces what the map replaces and escapes spaces; where spaces merge, each word brings its own one along.
    private void Normalize(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> normalized)
    {
        var inWord = false;
        var prefixed = false;
        while (!utf8.IsEmpty)
        {
            var part = NextNormalized(utf8, out var consumed);
            utf8 = utf8[consumed..];
            foreach (var value in part)
            {
                if (value != ' ')
                {
                    if (!inWord && ((addSpacePrefix && !prefixed) || mergeSpaces))
                    {
                        normalized.Write("\u2581"u8);
                        prefixed = true;
                    }

                    inWord = true;
                    normalized.Write([value]);
                }
                else
                {
                    inWord = false;
                    if (!mergeSpaces) normalized.Write("\u2581"u8);
                }
            }
        }
    }

    private ReadOnlySpan<byte> NextNormalized(ReadOnlySpan<byte> utf8, out int consumed)
    {
        consumed = 0;
        var matches = userDefined.Find(utf8);
        while (matches.MoveNext()) consumed = matches.Length;
        if (consumed > 0) return utf8[..consumed];

        consumed = charsMap.Match(utf8, out var replacement);
        if (consumed > 0) return replacement;
        Rune.DecodeFromUtf8(utf8, out _, out consumed);
        return utf8[..consumed];
    }

    private readonly record struct Step(int Id, int Start, double Score);
}
