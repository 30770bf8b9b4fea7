using System.Text;
using CommunityToolkit.HighPerformance.Buffers;
using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class TokenizerTests
{
    [Theory]
    [InlineData("bert-bge")]
    [InlineData("deepseek-coder")]
    [InlineData("falcon")]
    [InlineData("gemma-4")]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("llama-spm")]
    [InlineData("nomic-bert-moe")]
    [InlineData("phi-3")]
    [InlineData("qwen2")]
    [InlineData("starcoder")]
    public void Ids_texts_and_pieces_are_those_of_the_reference(string name)
        => Assert.Empty(TokenizerData.Cases(name).Differences(TokenizerData.Tokenizer(name)));

    [Property(MaxTest = 500)]
    public bool Any_text_survives_a_byte_level_vocabulary(string? text)
        => Survives(TokenizerData.Tokenizer("deepseek-coder"), text);

    [Property(MaxTest = 500)]
    public bool Any_text_survives_a_vocabulary_with_byte_fallback(string? text)
        => Survives(TokenizerData.Tokenizer("llama-spm"), text);

    [Theory]
    [InlineData("bert-bge")]
    [InlineData("deepseek-coder")]
    [InlineData("llama-spm")]
    [InlineData("nomic-bert-moe")]
    public void Long_texts_without_spaces_are_split_like_short_ones(string name)
    {
        var tokenizer = TokenizerData.Tokenizer(name);
        var period = "abcdefgh";
        var ids = tokenizer.Encode(string.Concat(Enumerable.Repeat(period, 12_500)), addSpecial: false, parseSpecial: false);
        Assert.Equal(100_000, tokenizer.Decode(ids, showSpecial: false).Trim().Length);
        Assert.True(ids.Distinct().Count() < 100);
    }

    [Fact]
    public void Spans_are_encoded_into_a_buffer_of_the_caller()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        using var buffer = new ArrayPoolBufferWriter<int>();
        Assert.Equal(3, tokenizer.Encode("Hello world".AsSpan(), addSpecial: true, parseSpecial: false, buffer));
        Assert.Equal(2, tokenizer.Encode(" x</s>".AsSpan(1), addSpecial: false, parseSpecial: true, buffer));
        Assert.Equal([1, 15043, 3186, 921, 2], buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        var tokenizer = TokenizerData.Tokenizer("gpt-2");
        var texts = Enumerable.Range(0, 200).Select(i => $"text {i}: {new string('x', i)} it's {i * i}").ToArray();
        var expected = texts.Select(text => tokenizer.Encode(text, true, true)).ToArray();
        Parallel.For(0, 2000, i => Assert.Equal(expected[i % 200], tokenizer.Encode(texts[i % 200], true, true)));
    }

    [Fact]
    public void Control_tokens_are_known_and_hidden()
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        Assert.True(tokenizer.IsControl(1));
        Assert.False(tokenizer.IsControl(15043));
        Assert.True(tokenizer.Piece(1, showSpecial: false).IsEmpty);
        Assert.Equal("<s>", Encoding.UTF8.GetString(tokenizer.Piece(1, showSpecial: true)));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(32000)]
    [InlineData(int.MaxValue)]
    public void Ids_outside_the_vocabulary_are_named_with_its_size(int id)
    {
        var tokenizer = TokenizerData.Tokenizer("llama-spm");
        Action[] uses =
        [
            () => tokenizer.Piece(id, true), () => tokenizer.Decode([1, id], true),
            () => tokenizer.IsControl(id), () => tokenizer.IsEndOfGeneration(id),
        ];
        foreach (var use in uses)
        {
            var message = Assert.Throws<ArgumentOutOfRangeException>(use).Message;
            Assert.Contains($"Token {id} ", message);
            Assert.Contains("32000 tokens", message);
        }
    }

    [Fact]
    public void Text_that_no_token_covers_is_one_unknown_token_a_run()
    {
        var metadata = new GgufMetadataBuilder("small.gguf")
        {
            { "tokenizer.ggml.model", "llama" },
            { "tokenizer.ggml.tokens", GgufValue.ArrayOf(["<unk>", "<s>", "</s>", "a", "\u2581"]) },
            { "tokenizer.ggml.token_type", GgufValue.ArrayOf([2, 3, 3, 1, 1]) },
        };
        Assert.Equal([4, 3, 0, 3, 0], TokenizerFactory.FromGguf(metadata.Build()).Encode("axyaéz", addSpecial: false, parseSpecial: false));
    }

    private static bool Survives(ITokenizer tokenizer, string? text)
    {
        text ??= string.Empty;
        var whole = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
        return tokenizer.Decode(tokenizer.Encode(text, addSpecial: false, parseSpecial: false), showSpecial: false) == whole;
    }
}
