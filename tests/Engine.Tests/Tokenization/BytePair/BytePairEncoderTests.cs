using System.Text;
using FsCheck.Xunit;
using Hearth.Engine.Tokenization;
using Hearth.Engine.Tokenization.BytePair;
using Hearth.Engine.Tokenization.PreTokenization;
using Hearth.Engine.Tokenization.Vocabularies;
using Microsoft.ML.Tokenizers;

namespace Hearth.Engine.Tests.Tokenization.BytePair;

public sealed class BytePairEncoderTests
{
    private static readonly Vocabulary Vocabulary = TokenizerData.WithMetadata("gpt-2", GgufVocabularyReader.Read);
    private static readonly BytePairEncoder Encoder = new(Vocabulary, PieceForms.Searchable(Vocabulary));
    private static readonly BpeTokenizer Library = BpeTokenizer.Create(new BpeOptions(
        Enumerable.Range(0, Vocabulary.Texts.Count).Select(id => KeyValuePair.Create(Vocabulary.Texts.Text(id), id)))
    {
        Merges = Enumerable.Range(0, Vocabulary.Merges.Count).Select(Merge),
    });

    private static readonly char[] Letters = FindLetters();

    [Property(MaxTest = 500)]
    public bool Words_merge_as_the_tokenizers_library_merges_them(string? text)
    {
        if (string.IsNullOrEmpty(text)) return true;
        var scratch = new EncodingScratch();
        Encoder.Encode(text, isFirst: true, scratch);
        return scratch.Ids.SequenceEqual(EncodeByLibrary(text));
    }

    [Theory]
    [InlineData("The quick brown fox jumps over the lazy dog, doesn't it?")]
    [InlineData("internationalization antidisestablishmentarianism")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void Sentences_merge_as_the_tokenizers_library_merges_them(string text)
        => Assert.True(Words_merge_as_the_tokenizers_library_merges_them(text));

    private static string Merge(int rank)
        => $"{Encoding.UTF8.GetString(Vocabulary.Merges.Left(rank))} {Encoding.UTF8.GetString(Vocabulary.Merges.Right(rank))}";

    private static List<int> EncodeByLibrary(string text)
    {
        var ids = new List<int>();
        var start = 0;
        foreach (var end in PreTokenizerCatalog.Find("gpt-2")!.PreTokenizer.Split(text, new EncodingScratch()).ToArray())
        {
            var word = string.Concat(Encoding.UTF8.GetBytes(text[start..end]).Select(value => Letters[value]));
            ids.AddRange(Library.EncodeToIds(word, considerPreTokenization: false, considerNormalization: false));
            start = end;
        }

        return ids;
    }

    private static char[] FindLetters()
    {
        var letters = new char[256];
        var value = new byte[4];
        for (var letter = '\0'; letter < 0x200; letter++)
        {
            if (ByteAlphabet.TryDecode(Encoding.UTF8.GetBytes([letter]), value, out _)) letters[value[0]] = letter;
        }

        return letters;
    }
}
