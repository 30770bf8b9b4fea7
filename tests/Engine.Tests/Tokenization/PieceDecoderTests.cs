using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hearth.Engine.Tokenization;
using Hearth.Tests;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class PieceDecoderTests
{
    [Theory]
    [InlineData("llama-spm", "Grüße an 漢字 und 👨‍👩‍👧‍👦!")]
    [InlineData("gpt-2", "Grüße an 漢字 und 👨‍👩‍👧‍👦")]
    [InlineData("deepseek-coder", "  👍🏽 naïve\n\n\tfaçade 한국어")]
    public void Texts_joined_are_the_text_and_each_is_whole(string name, string text)
    {
        var tokenizer = TokenizerData.Tokenizer(name);
        var decoder = new PieceDecoder(tokenizer, startsText: true);
        var parts = tokenizer.Encode(text, addSpecial: false, parseSpecial: false).Select(decoder.Append).ToList();
        Assert.Equal(text, string.Concat(parts) + decoder.Flush());
        Assert.All(parts, part => Assert.DoesNotContain('\uFFFD', part));
        Assert.Contains(string.Empty, parts);
    }

    [Property(MaxTest = 300)]
    public Property Any_tokens_read_as_they_do_together()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        var ids = Gen.Choose(0, 500).ArrayOf();
        return Prop.ForAll(ids.ToArbitrary(), ids =>
        {
            var decoder = new PieceDecoder(tokenizer, showSpecial: true, startsText: true);
            var joined = string.Concat(ids.Select(decoder.Append)) + decoder.Flush();
            return joined == tokenizer.Decode(ids, showSpecial: true);
        });
    }

    [Fact]
    public void The_space_before_a_text_is_dropped_only_where_a_text_starts()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        var ids = tokenizer.Encode("Hello", addSpecial: false, parseSpecial: false);
        Assert.Equal("Hello", new PieceDecoder(tokenizer, startsText: true).Append(ids[0]));
        Assert.Equal(" Hello", new PieceDecoder(tokenizer).Append(ids[0]));
    }

    [Fact]
    public void Flush_shows_what_never_became_a_character_and_starts_anew()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        const int firstByteOfThree = 3 + 0xE4; // byte tokens follow <unk>, <s> and </s>
        var decoder = new PieceDecoder(tokenizer, startsText: true);
        Assert.Equal(string.Empty, decoder.Append(firstByteOfThree));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal(string.Empty, decoder.Flush());
        Assert.Equal("Hello", decoder.Append(15043));
    }

    [Fact]
    public void Common_pieces_allocate_nothing()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        var ids = tokenizer.Encode("The quick brown fox, über 漢字", addSpecial: false, parseSpecial: false);
        var decoder = new PieceDecoder(tokenizer);
        for (var i = 0; i < 3; i++)
        {
            foreach (var id in ids) decoder.Append(id);
        }

        Assert.Equal(0, AllocatedBytes.Of(() =>
        {
            foreach (var id in ids) decoder.Append(id);
        }));
    }

    [Fact]
    public void Tokens_outside_the_vocabulary_are_named_with_its_size()
    {
        var decoder = new PieceDecoder(TokenizerData.Tokenizer("llama-spm"));
        var message = Assert.Throws<ArgumentOutOfRangeException>(() => decoder.Append(32000)).Message;
        Assert.Contains("32000", message);
        Assert.Contains("32000 tokens", message);
    }

    [Fact]
    public void Long_pieces_are_whole()
    {
        var tokenizer = TokenizerData.Tokenizer("starcoder");
        var longest = Enumerable.Range(0, tokenizer.VocabularySize).MaxBy(id => tokenizer.Piece(id, true).Length);
        Assert.Equal(Encoding.UTF8.GetString(tokenizer.Piece(longest, true)), new PieceDecoder(tokenizer).Append(longest));
    }
}
