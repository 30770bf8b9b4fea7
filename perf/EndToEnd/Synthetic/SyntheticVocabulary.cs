using System.Globalization;

namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// A vocabulary of the SentencePiece kind that encodes any text: three special tokens, 256 bytes, printable ASCII, then
/// syllables with and without a space in front, which can be reached by merging what stands before them.
/// </summary>
internal static class SyntheticVocabulary
{
    /// <summary>Special tokens and bytes.</summary>
    public const int LeastCount = 3 + 256;

    private const int Normal = 1;
    private const int Unknown = 2;
    private const int Control = 3;
    private const int Byte = 6;
    private const char Space = '\u2581';
    private const string Consonants = "bcdfghjklmnprstvwxyz";
    private const string Vowels = "aeiou";

    /// <summary>The tokens, their scores (better first) and their kinds, in the numbers of GGUF.</summary>
    /// <param name="count">Tokens, at least <see cref="LeastCount"/>.</param>
    public static (string[] Tokens, float[] Scores, int[] Kinds) Create(int count)
    {
        var tokens = new List<string>(count) { "<unk>", "<s>", "</s>" };
        for (var value = 0; value < 256; value++)
            tokens.Add(string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>"));
        tokens.AddRange(Pieces().Take(count - LeastCount));

        var scores = new float[count];
        var kinds = new int[count];
        for (var id = 0; id < count; id++)
        {
            scores[id] = id < LeastCount ? 0 : LeastCount - id;
            kinds[id] = id == 0 ? Unknown : id < 3 ? Control : id < LeastCount ? Byte : Normal;
        }

        return ([.. tokens], scores, kinds);
    }

    private static IEnumerable<string> Pieces()
    {
        yield return Space.ToString();
        for (var c = '!'; c <= '~'; c++)
            yield return c.ToString();

        for (var syllables = 1; ; syllables++)
        {
            foreach (var word in Words(syllables))
            {
                yield return word;
                yield return Space + word;
            }
        }
    }

    private static IEnumerable<string> Words(int syllables)
        => syllables == 0
            ? [""]
            : from start in Words(syllables - 1) from consonant in Consonants from vowel in Vowels select $"{start}{consonant}{vowel}";
}
