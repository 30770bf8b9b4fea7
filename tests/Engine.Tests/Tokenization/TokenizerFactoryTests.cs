using System.Text;
using FsCheck.Xunit;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization;

public sealed class TokenizerFactoryTests
{
    [Fact]
    public void Unknown_models_are_refused_by_name()
        => Refuses("swahili-lm", Metadata("swahili-lm"));

    [Fact]
    public void Unknown_pre_tokenizers_are_refused_by_name()
        => Refuses("gpt-99", Metadata("gpt2", ("tokenizer.ggml.pre", "gpt-99"), ("tokenizer.ggml.merges", GgufValue.ArrayOf([]))));

    [Fact]
    public void A_file_without_a_model_is_refused_by_the_key()
        => Refuses("tokenizer.ggml.model", new GgufMetadataBuilder("some.gguf").Build());

    [Fact]
    public void Refusals_name_the_file()
        => Refuses("some.gguf", Metadata("swahili-lm"));

    [Fact]
    public void A_model_without_text_has_a_size_and_refuses_text()
    {
        var tokenizer = TokenizerFactory.FromGguf(Metadata("none", ("general.architecture", "llama"), ("llama.vocab_size", 12u)));
        Assert.Equal(12, tokenizer.VocabularySize);
        Assert.Contains("no text vocabulary", Assert.Throws<NotSupportedException>(() => tokenizer.Encode("x", false, false)).Message);
        Assert.Equal(string.Empty, tokenizer.Decode([3, 4], showSpecial: true));
    }

    [Fact]
    public void Types_of_another_number_than_tokens_are_refused()
        => Refuses("token_type has 2 entries", Metadata("llama", ("tokenizer.ggml.token_type", GgufValue.ArrayOf([1, 1]))));

    [Fact]
    public void Scores_of_another_number_than_tokens_are_refused()
        => Refuses("scores has 1 entries", Metadata("llama", ("tokenizer.ggml.scores", GgufValue.ArrayOf([1f]))));

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.NegativeInfinity)]
    public void Scores_that_are_no_numbers_are_refused(float score)
        => Refuses("score of token 1", Metadata("llama", ("tokenizer.ggml.scores", GgufValue.ArrayOf([0, score, 0, 0]))));

    [Theory]
    [InlineData("llama")]
    [InlineData("gpt2")]
    [InlineData("bert")]
    [InlineData("t5")]
    public void Tokens_that_are_the_same_are_refused(string model)
        => Refuses("Tokens 1 and 3", Metadata(
            model, ("tokenizer.ggml.tokens", GgufValue.ArrayOf(["a", "b", "c", "b"])), ("tokenizer.ggml.merges", GgufValue.ArrayOf([]))));

    [Theory]
    [InlineData("x b", "\"x\" is not one of its tokens")]
    [InlineData("a x", "\"x\" is not one of its tokens")]
    [InlineData("b b", "\"bb\" is not one of its tokens")]
    [InlineData("ab", "not two pieces")]
    [InlineData("a ", "not two pieces")]
    [InlineData("", "not two pieces")]
    public void Merges_that_do_not_fit_the_tokens_are_refused(string merge, string fact)
        => Refuses(fact, Metadata("gpt2", ("tokenizer.ggml.merges", GgufValue.ArrayOf(["a b", merge]))));

    [Fact]
    public void A_merge_that_is_listed_twice_keeps_its_first_rank()
    {
        var tokenizer = TokenizerFactory.FromGguf(Metadata(
            "gpt2", ("tokenizer.ggml.tokens", GgufValue.ArrayOf(["a", "b", "c", "ab", "bc"])),
            ("tokenizer.ggml.merges", GgufValue.ArrayOf(["a b", "b c", "a b"]))));
        Assert.Equal([3, 2], tokenizer.Encode("abc", addSpecial: false, parseSpecial: false));
    }

    [Fact]
    public void Ids_outside_the_vocabulary_fall_back_to_what_is_usual()
    {
        var tokenizer = TokenizerFactory.FromGguf(Metadata(
            "llama", ("tokenizer.ggml.bos_token_id", 77u), ("tokenizer.ggml.eos_token_id", uint.MaxValue),
            ("tokenizer.ggml.padding_token_id", 4u)));
        Assert.Equal((1, 2, SpecialTokens.None), (tokenizer.Special.Bos, tokenizer.Special.Eos, tokenizer.Special.Pad));
    }

    [Theory]
    [InlineData(null, null, "e")]
    [InlineData(false, null, "É")]
    [InlineData(true, false, "é")]
    [InlineData(false, true, "E")]
    public void WordPiece_files_say_whether_case_and_accents_go(bool? lowerCase, bool? stripAccents, string piece)
    {
        var keys = new List<(string, GgufValue)> { ("tokenizer.ggml.tokens", GgufValue.ArrayOf(["▁e", "▁é", "▁E", "▁É"])) };
        if (lowerCase is { } lower) keys.Add(("tokenizer.ggml.normalizer.lowercase", lower));
        if (stripAccents is { } strip) keys.Add(("tokenizer.ggml.normalizer.strip_accents", strip));
        var tokenizer = TokenizerFactory.FromGguf(Metadata("bert", [.. keys]));
        var id = Assert.Single(tokenizer.Encode("É", addSpecial: false, parseSpecial: false));
        Assert.Equal(piece, tokenizer.Decode([id], showSpecial: true).Trim());
    }

    [Theory]
    [InlineData("granite-embed-multi-311m", true)]
    [InlineData("gpt-2", false)]
    public void Gemmas_pre_tokenizer_always_adds_bos(string name, bool adds)
        => Assert.Equal(adds, TokenizerFactory.FromGguf(Metadata(
            "gpt2", ("tokenizer.ggml.pre", name), ("tokenizer.ggml.merges", GgufValue.ArrayOf([])),
            ("tokenizer.ggml.add_bos_token", false))).Special.AddBos);

    [Theory]
    [InlineData(new byte[] { 1, 0 }, "cut off")]
    [InlineData(new byte[] { 8, 0, 0, 0, 1, 2, 3, 4 }, "claims a trie of 8 bytes")]
    [InlineData(new byte[] { 3, 0, 0, 0, 1, 2, 3, 4 }, "claims a trie of 3 bytes")]
    [InlineData(new byte[] { 4, 0, 0, 0, 1, 2, 3, 4, 65 }, "does not end")]
    public void Damaged_normalisation_maps_are_refused(byte[] map, string fact)
        => Refuses(fact, Metadata("t5", ("tokenizer.ggml.precompiled_charsmap", GgufValue.ArrayOf<byte>(map))));

    [Fact]
    public void Empty_tokens_are_kept_apart_by_their_ids()
    {
        var tokenizer = TokenizerFactory.FromGguf(Metadata("llama", ("tokenizer.ggml.tokens", GgufValue.ArrayOf(["a", "", "", "b"]))));
        Assert.Equal("[EMPTY_2]", Encoding.UTF8.GetString(tokenizer.Piece(2, showSpecial: true)));
    }

    [Theory]
    [InlineData("{", "not JSON")]
    [InlineData("[]", "structure")]
    [InlineData("{}", "structure")]
    [InlineData("""{"model":{"type":"WordLevel","vocab":{"a":0}}}""", "WordLevel")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]}}""", "no tokens")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":2000000000},"merges":[]}}""", "id 2000000000")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":-1},"merges":[]}}""", "id -1")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}}""", "both have the id 0")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]}}""", "\"ab\" is not one of its tokens")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":[["a"]]}}""", "structure")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"normalizer":{"type":"NFKC"}}""", "NFKC")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"CharDelimiter"}}""", "CharDelimiter")]
    [InlineData("""{"model":{"type":"Unigram","vocab":[["a",-1]],"unk_id":5}}""", "unk_id is 5")]
    public void Damaged_tokenizer_json_is_refused(string json, string fact)
    {
        var refusal = Assert.Throws<InvalidModelException>(() => TokenizerFactory.FromHuggingFace(json));
        Assert.Contains(fact, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("byte-fallback")]
    [InlineData("byte-level")]
    [InlineData("split-regex")]
    public void Ids_and_texts_of_tokenizer_json_are_those_of_the_reference(string name)
    {
        var tokenizer = TokenizerFactory.FromHuggingFace(TokenizerData.Json(name + ".tokenizer.json").GetRawText());
        Assert.Empty(TokenizerData.Cases(name).Differences(tokenizer));
    }

    [Property(MaxTest = 300)]
    public void Damage_to_tokenizer_json_is_refused_or_does_no_harm(int seed)
    {
        var random = new Random(seed);
        var json = Encoding.UTF8.GetBytes("""
            {
              "added_tokens": [{"id": 3, "content": "</s>", "special": true, "lstrip": false}],
              "normalizer": {"type": "Replace", "pattern": {"String": " "}, "content": "▁"},
              "pre_tokenizer": {"type": "Split", "pattern": {"Regex": "\\p{L}++"}, "behavior": "Isolated", "invert": false},
              "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "</s>"}}, {"Sequence": {"id": "A"}}]},
              "decoder": {"type": "Strip", "content": " ", "start": 1, "stop": 0},
              "model": {"type": "BPE", "unk_token": "u", "vocab": {"a": 0, "b": 1, "ab": 2, "u": 4}, "merges": ["a b", ["a", "b"]]}
            }
            """);
        for (var i = random.Next(1, 4); i > 0; i--) json[random.Next(json.Length)] = (byte)random.Next(' ', 0x7F);
        try
        {
            TokenizerFactory.FromHuggingFace(new MemoryStream(json)).Encode("ab é </s>", addSpecial: true, parseSpecial: true);
        }
        catch (InvalidModelException)
        {
        }
    }

    [Property(MaxTest = 300)]
    public void Damage_to_a_normalisation_map_is_refused_or_does_no_harm(byte[] units, byte[] replacements)
    {
        var trie = units.AsSpan(0, units.Length / 4 * 4);
        byte[] map = [(byte)trie.Length, (byte)(trie.Length >> 8), 0, 0, .. trie, .. replacements, 0];
        var metadata = Metadata("t5", ("tokenizer.ggml.precompiled_charsmap", GgufValue.ArrayOf<byte>(map)));
        try
        {
            TokenizerFactory.FromGguf(metadata).Encode("ab é \u0001\u0002", addSpecial: true, parseSpecial: true);
        }
        catch (InvalidModelException)
        {
        }
    }

    [Fact]
    public void Configuration_says_which_tokens_have_which_role()
    {
        var json = TokenizerData.Json("byte-level.tokenizer.json").GetRawText();
        var tokenizer = TokenizerFactory.FromHuggingFace(
            json, """{"bos_token":null,"eos_token":{"content":"<|endoftext|>"},"pad_token":"<|pad|>","add_bos_token":true}""");
        Assert.Equal((1456, 1457, true), (tokenizer.Special.Eos, tokenizer.Special.Pad, tokenizer.Special.AddBos));
    }

    private static GgufMetadata Metadata(string model, params (string Key, GgufValue Value)[] keys)
    {
        var builder = new GgufMetadataBuilder("some.gguf");
        builder.Add("tokenizer.ggml.model", model);
        if (model != "none") builder["tokenizer.ggml.tokens"] = GgufValue.ArrayOf(["a", "b", "ab", "c"]);
        foreach (var (key, value) in keys) builder[key] = value;
        return builder.Build();
    }

    private static void Refuses(string fact, GgufMetadata metadata)
    {
        var refusal = Assert.Throws<InvalidModelException>(() => TokenizerFactory.FromGguf(metadata));
        Assert.Contains(fact, refusal.Message, StringComparison.Ordinal);
    }
}
