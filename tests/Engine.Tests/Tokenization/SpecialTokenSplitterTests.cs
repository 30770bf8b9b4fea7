using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class SpecialTokenSplitterTests
{
    [Fact]
    public void Longer_tokens_win_wherever_they_stand()
    {
        // <a> is found first from the left, but a><b is longer.
        var tokenizer = Tokenizer([("<a>", 3), ("a><b", 3)]);
        Assert.Equal("<|a><b|>", Read(tokenizer, "<a><b>", parseSpecial: true));
    }

    [Fact]
    public void Without_parsing_only_user_defined_tokens_count()
    {
        var tokenizer = Tokenizer([("<c>", 3), ("<u>", 4), ("<?>", 2)]);
        Assert.Equal("<|c|>|<u>|<|?|>", Read(tokenizer, "<c><u><?>", parseSpecial: false));
        Assert.Equal("<c>|<u>|<?>", Read(tokenizer, "<c><u><?>", parseSpecial: true));
    }

    [Property(MaxTest = 500)]
    public Property Any_tokens_are_found_as_by_cutting_out_one_after_the_other()
    {
        var words = Gen.Elements('a', 'b', '<').NonEmptyListOf().Select(list => string.Concat(list));
        var tokens = words.Where(word => word.Length <= 4).ArrayOf();
        return Prop.ForAll(tokens.ToArbitrary(), words.ToArbitrary(), (tokens, text) =>
        {
            // Single letters are in the vocabulary already; tokens that come later are control tokens.
            var special = tokens.Where(token => token.Length > 1).Distinct().ToArray();
            var tokenizer = Tokenizer([.. special.Select(token => (token, 3))]);
            return Read(tokenizer, text, parseSpecial: true) == string.Join('|', Cut([text], special));
        });
    }

    [Fact]
    public void Tokens_that_overlap_themselves_are_cut_from_the_left()
        => Assert.Equal("aa|aa|a", Read(Tokenizer([("aa", 3)]), "aaaaa", parseSpecial: true));

    [Fact]
    public void Phi_tokens_swallow_the_white_space_to_their_right()
    {
        var tokenizer = Tokenizer([("<x>", 3), ("<s>", 3)], ("general.name", "My Phi-3 mini"));
        Assert.Equal("a| |<x>|b|<s>| |b", Read(tokenizer, "a <x> \n b<s> b", parseSpecial: true));
    }

    [Fact]
    public void Masks_swallow_the_white_space_to_their_left()
    {
        var tokenizer = Tokenizer([("<mask>", 3)], ("tokenizer.ggml.pre", "jina-v2-de"));
        Assert.Equal("a|<mask>| |b", Read(tokenizer, "a \t<mask> b", parseSpecial: true));
    }

    [Fact]
    public void Tokens_that_readers_are_meant_to_see_are_shown()
    {
        var tokenizer = Tokenizer([("<|channel|>", 3), ("<x>", 3)]);
        Assert.Equal("<|channel|>", tokenizer.Decode(tokenizer.Encode("<|channel|><x>", false, true), showSpecial: false));
    }

    private static ITokenizer Tokenizer((string Text, int Type)[] special, params (string Key, string Value)[] keys)
    {
        var letters = "abcu<>?smk|xn\n\t ".Select(c => (c.ToString(), 1));
        var tokens = letters.Concat(special.Select(token => (token.Text, token.Type))).ToArray();
        var metadata = new GgufMetadataBuilder("small.gguf")
        {
            { "tokenizer.ggml.model", "gpt2" },
            { "tokenizer.ggml.tokens", GgufValue.ArrayOf([.. tokens.Select(token => token.Item1 == " " ? "Ġ" : token.Item1)]) },
            { "tokenizer.ggml.token_type", GgufValue.ArrayOf<int>([.. tokens.Select(token => token.Item2)]) },
            { "tokenizer.ggml.merges", GgufValue.ArrayOf([]) },
        };
        foreach (var (key, value) in keys) metadata.Add(key, value);
        return TokenizerFactory.FromGguf(metadata.Build());
    }

    private static IEnumerable<string> Cut(List<string> parts, string[] special)
    {
        foreach (var token in special.OrderByDescending(token => token.Length).ThenBy(token => Array.IndexOf(special, token)))
        {
            parts = [.. parts.SelectMany(part => special.Contains(part) ? [part] : CutOut(part, token))];
        }

        return parts.SelectMany(part => special.Contains(part) ? [part] : part.Select(letter => letter.ToString()));

        static IEnumerable<string> CutOut(string part, string token)
            => part.Split(token).SelectMany((rest, i) => i == 0 ? [rest] : new[] { token, rest });
    }

    private static string Read(ITokenizer tokenizer, string text, bool parseSpecial)
    {
        var pieces = tokenizer.Encode(text, addSpecial: false, parseSpecial).Select(id => tokenizer.Decode([id], showSpecial: true));
        return string.Join('|', pieces);
    }
}
