using System.Text;
using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization.LongestMatch;

/// <summary>A vocabulary like RWKV's World: a control token, all bytes, and some longer pieces, written as Python writes bytes.</summary>
public sealed class LongestMatchEncoderTests
{
    private static readonly string[] Longer = ["Hel", "Hello", "lo", @"\n\n", @"\xe4\xbd\xa0", @" \'x", "[PAD1]"];

    private readonly ITokenizer tokenizer = Tokenizer([.. Longer]);

    [Fact]
    public void The_longest_piece_is_taken_from_the_left()
    {
        Assert.Equal([Piece(1), 1 + '!'], Encode("Hello!"));
        Assert.Equal([Piece(0), 1 + 'p'], Encode("Help"));
        Assert.Equal([Piece(3), 1 + '\n'], Encode("\n\n\n"));
        Assert.Equal([Piece(4), Piece(5)], Encode("\u4f60 'x"));
    }

    [Fact]
    public void Characters_without_a_piece_of_their_own_fall_into_bytes()
        => Assert.Equal([1 + 0xE5, 1 + 0xA5, 1 + 0xBD], Encode("\u597d"));

    [Fact]
    public void Control_tokens_and_unused_ones_are_not_text()
    {
        Assert.Equal([1 + '<', 1 + 's', 1 + '>'], Encode("<s>"));
        Assert.Equal([0], tokenizer.Encode("<s>", addSpecial: true, parseSpecial: true));
        Assert.Equal(6, Encode("[PAD1]").Length);
    }

    [Property]
    public void Decoding_gives_the_text_back(string? text)
    {
        string valid = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text ?? ""));
        Assert.Equal(valid, tokenizer.Decode(Encode(valid), showSpecial: false));
    }

    [Theory]
    [InlineData(@"\x4")]
    [InlineData(@"\xzz")]
    [InlineData(@"half\")]
    public void Escapes_that_are_none_are_refused_with_the_token(string piece)
        => Assert.Contains("Token 257", Assert.Throws<InvalidModelException>(() => Tokenizer([piece])).Message, StringComparison.Ordinal);

    private static int Piece(int index) => 257 + index;

    private static ITokenizer Tokenizer(string[] longer)
    {
        string[] pieces = ["<s>", .. Enumerable.Range(0, 256).Select(Written), .. longer];
        int[] types = [.. pieces.Select(piece => piece == "<s>" ? 3 : piece == "[PAD1]" ? 5 : 1)];
        return TokenizerFactory.FromGguf(new GgufMetadataBuilder("world.gguf")
        {
            ["general.architecture"] = "rwkv7",
            ["tokenizer.ggml.model"] = "rwkv",
            ["tokenizer.ggml.tokens"] = GgufValue.ArrayOf(pieces),
            ["tokenizer.ggml.token_type"] = GgufValue.ArrayOf<int>(types),
        }.Build());
    }

    private static string Written(int value) => value switch
    {
        '\\' => @"\\",
        > 31 and < 127 => $"{(char)value}",
        _ => $@"\x{value:x2}",
    };

    private int[] Encode(string text) => tokenizer.Encode(text, addSpecial: true, parseSpecial: false);
}
