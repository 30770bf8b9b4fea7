using System.Text.Json;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hearth.Engine.Tokenization;
using Hearth.Engine.Tokenization.BytePair;
using Hearth.Engine.Tokenization.PreTokenization;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tests.Tokenization.PreTokenization;

public sealed class PreTokenizerTests
{
    private static readonly JsonElement Overrides = TokenizerData.Json("pre-override.json");

    public static TheoryData<string> Names
        => new(Overrides.GetProperty("cases").EnumerateArray().Select(c => c.GetProperty("pre").GetString()!));

    [Fact]
    public void Each_kind_splits_text_as_the_reference_does()
    {
        var vocabulary = TokenizerData.WithMetadata("qwen2", GgufVocabularyReader.Read);
        var pieces = PieceForms.Searchable(vocabulary);
        var merges = new MergeTable(vocabulary, pieces);
        var texts = Overrides.GetProperty("texts").EnumerateArray().Select(text => text.GetString()!).ToArray();
        var differences = new List<string>();
        foreach (var c in Overrides.GetProperty("cases").EnumerateArray())
        {
            var name = c.GetProperty("pre").GetString()!;
            var rules = PreTokenizerCatalog.Find(name)!;
            var encoder = new BytePairEncoder(
                vocabulary with { PreTokenizer = rules.PreTokenizer, IgnoreMerges = rules.IgnoreMerges }, pieces, merges);
            foreach (var (text, ids) in texts.Zip(c.GetProperty("ids").EnumerateArray()))
            {
                var scratch = new EncodingScratch();
                encoder.Encode(text, isFirst: true, scratch);
                var expected = ids.EnumerateArray().Select(id => id.GetInt32());
                if (!scratch.Ids.SequenceEqual(expected)) differences.Add($"{name}: {text}: {string.Join(',', scratch.Ids)}");
            }
        }

        Assert.Empty(differences);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Words_cover_the_text_in_order(string name)
    {
        var preTokenizer = PreTokenizerCatalog.Find(name)!.PreTokenizer;
        Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), text =>
        {
            var ends = preTokenizer.Split(text.Get, new EncodingScratch()).ToArray();
            return ends[^1] == text.Get.Length && ends.Zip(ends.Skip(1)).All(pair => pair.First < pair.Second) && ends[0] > 0;
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Theory]
    [InlineData("llama3", "𝔘𝔫𝔦 𐍈x", "𝔘𝔫𝔦", " 𐍈x")]
    [InlineData("llama3", "𝟏𝟐𝟑𝟒", "𝟏𝟐𝟑", "𝟒")]
    [InlineData("llama3", "a🙂🙂b", "a", "🙂🙂", "b")]
    [InlineData("qwen2", "x\U000E0100y", "x", "\U000E0100y")]
    [InlineData("deepseek-v3", "x\U000E0100y", "x\U000E0100y")]
    [InlineData("kimi-k2", "𠀀漢x字", "𠀀漢", "x", "字")]
    [InlineData("gpt-2", "漢𠀀x", "漢𠀀x")]
    [InlineData("deepseek-llm", "Ж𐐀Ж𝔘", "Ж𐐀Ж", "𝔘")]
    public void Code_points_beyond_the_basic_plane_count_once_and_by_their_category(string name, string text, params string[] words)
        => Assert.Equal(words, Split(name, text));

    [Theory]
    [InlineData("tiny_aya", "x  12345", "x", " ", " ", "12", "345")]
    [InlineData("afmoe", "x  123456 y", "x", " ", " ", "123", "456", " y")]
    [InlineData("superbpe", "x  12345", "x  ", "12", "345")]
    public void Digits_in_threes_from_the_right_end_a_part_but_do_not_begin_one(string name, string text, params string[] words)
        => Assert.Equal(words, Split(name, text));

    [Fact]
    public void A_lone_surrogate_is_a_symbol() => Assert.Equal(["a", "\uD800b"], Split("llama3", "a\uD800b"));

    [Theory]
    [InlineData("llama3", "a\u3000\u3000b", "a", "\u3000", "\u3000b")]
    [InlineData("gpt-2", "a\u00A0b", "a", "\u00A0", "b")]
    [InlineData("deepseek-llm", "ж\u3000ж", "ж", "\u3000ж")]
    public void White_space_beyond_ascii_is_white_space(string name, string text, params string[] words)
        => Assert.Equal(words, Split(name, text));

    [Theory]
    [InlineData("afmoe", "a1234567b", "a", "1", "234", "567", "b")]
    [InlineData("tiny_aya", "12 1234", "12", " ", "1", "234")]
    [InlineData("superbpe", "a1234567b", "a", "1", "234", "567", "b")]
    [InlineData("superbpe", "½123½1234", "½", "123½1", "234")]
    public void Digits_fall_into_threes_from_the_right(string name, string text, params string[] words)
        => Assert.Equal(words, Split(name, text));

    [Property(MaxTest = 300)]
    public Property Digit_groups_are_those_of_the_lookahead()
    {
        var texts = Gen.Elements("0123456789½".ToCharArray()).NonEmptyListOf().Select(list => string.Concat(list));
        return Prop.ForAll(texts.ToArbitrary(), text =>
        {
            var expected = Regex.Split(text, @"(?=(?:[0-9]{3})+(?![0-9]))").Where(part => part.Length > 0);
            return Split("superbpe", text).SequenceEqual(expected);
        });
    }

    [Fact]
    public void Unknown_names_are_not_found() => Assert.Null(PreTokenizerCatalog.Find("gpt-99"));

    private static string[] Split(string name, string text)
    {
        var ends = PreTokenizerCatalog.Find(name)!.PreTokenizer.Split(text, new EncodingScratch()).ToArray();
        return [.. ends.Select((end, i) => text[(i == 0 ? 0 : ends[i - 1])..end])];
    }
}
