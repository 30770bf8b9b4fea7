using Hearth.Engine.Tokenization;

namespace Hearth.Engine.Tests.Tokenization.HuggingFace;

public sealed class HuggingFaceVocabularyReaderTests
{
    [Fact]
    public void WordPiece_reads_its_prefix_its_frame_and_its_normalizer()
    {
        var tokenizer = TokenizerFactory.FromHuggingFace("""
            {
              "added_tokens": [
                {"id": 0, "content": "[PAD]", "special": true}, {"id": 1, "content": "[UNK]", "special": true},
                {"id": 2, "content": "[CLS]", "special": true}, {"id": 3, "content": "[SEP]", "special": true}],
              "normalizer": {"type": "BertNormalizer", "lowercase": true},
              "pre_tokenizer": {"type": "BertPreTokenizer"},
              "post_processor": {"type": "TemplateProcessing", "single": [
                {"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "[SEP]"}}]},
              "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
              "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
                "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "cafe": 4, "##s": 5, "!": 6}}
            }
            """);
        var ids = tokenizer.Encode("Cafés !x", addSpecial: true, parseSpecial: false);
        Assert.Equal([2, 4, 5, 6, 1, 3], ids);
        Assert.Equal(" cafes!", tokenizer.Decode(ids, showSpecial: false));
    }

    [Theory]
    [InlineData("false", "null", new[] { 0, 1, 2 })]
    [InlineData("true", "null", new[] { 1, 1, 4 })]
    [InlineData("true", "false", new[] { 1, 1, 2 })]
    public void WordPiece_keeps_the_case_and_the_accents_that_its_normalizer_keeps(string lowerCase, string stripAccents, int[] ids)
    {
        var tokenizer = TokenizerFactory.FromHuggingFace($$$"""
            {
              "normalizer": {"type": "BertNormalizer", "lowercase": {{{lowerCase}}}, "strip_accents": {{{stripAccents}}}},
              "model": {"type": "WordPiece", "unk_token": "u", "vocab": {"A": 0, "a": 1, "é": 2, "u": 3, "e": 4}}
            }
            """);
        Assert.Equal(ids, tokenizer.Encode("A a é", addSpecial: false, parseSpecial: false));
    }

    [Fact]
    public void Unigram_takes_the_best_path_and_joins_what_is_unknown()
    {
        var tokenizer = TokenizerFactory.FromHuggingFace("""
            {
              "added_tokens": [{"id": 1, "content": "</s>", "special": true}],
              "normalizer": {"type": "Sequence", "normalizers": [{"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}]},
              "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
              "post_processor": {"type": "TemplateProcessing", "single": [{"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}]},
              "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"},
              "model": {"type": "Unigram", "unk_id": 0,
                "vocab": [["<unk>", 0], ["</s>", 0], ["▁", -2.5], ["a", -1.5], ["b", -2], ["▁a", -3], ["ab", -2.25], ["▁ab", -5.5]]}
            }
            """);
        var ids = tokenizer.Encode("ab   a??", addSpecial: true, parseSpecial: false);
        Assert.Equal([2, 6, 5, 0, 1], ids);
        Assert.True(tokenizer.Special.AddEos);
        Assert.Equal("ab a", tokenizer.Decode(ids, showSpecial: false));
    }

    [Fact]
    public void Merges_of_equal_vocabularies_may_be_strings_or_pairs()
    {
        const string strings = """{"model":{"type":"BPE","vocab":{"a":0,"b":1,"ab":2},"merges":["a b"]},"decoder":{"type":"ByteLevel"}}""";
        var pairs = strings.Replace("\"a b\"", "[\"a\",\"b\"]", StringComparison.Ordinal);
        Assert.Equal([2, 0], TokenizerFactory.FromHuggingFace(strings).Encode("aba", false, false));
        Assert.Equal([2, 0], TokenizerFactory.FromHuggingFace(pairs).Encode("aba", false, false));
    }

    [Theory]
    [InlineData("always", "aba</s>a", new[] { 3, 2, 0, 4, 3, 0 })]
    [InlineData("first", "aba</s>a", new[] { 3, 2, 0, 4, 0 })]
    [InlineData("never", "aba</s>a", new[] { 2, 0, 4, 0 })]
    [InlineData("always", " a", new[] { 3, 0 })]
    public void Metaspace_prefixes_what_its_scheme_says(string scheme, string text, int[] ids)
    {
        var tokenizer = TokenizerFactory.FromHuggingFace($$"""
            {
              "added_tokens": [{"id": 4, "content": "</s>", "special": true}],
              "pre_tokenizer": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}"},
              "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2, "▁": 3}, "merges": ["a b"]}
            }
            """);
        Assert.Equal(ids, tokenizer.Encode(text, addSpecial: false, parseSpecial: true));
    }

    [Theory]
    [InlineData("MergedWithPrevious", new[] { 4, 2 })]
    [InlineData("MergedWithNext", new[] { 2, 5, 1 })]
    [InlineData("Isolated", new[] { 2, 3, 2 })]
    public void Splits_keep_delimiters_where_their_behavior_says(string behavior, int[] ids)
    {
        var tokenizer = TokenizerFactory.FromHuggingFace($$"""
            {
              "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
                {"type": "Split", "pattern": {"String": "-"}, "behavior": "{{behavior}}", "invert": false},
                {"type": "ByteLevel", "add_prefix_space": false, "use_regex": false}]},
              "model": {"type": "BPE",
                "vocab": {"a": 0, "b": 1, "ab": 2, "-": 3, "ab-": 4, "-a": 5},
                "merges": ["- a", "a b", "ab -"]}
            }
            """);
        Assert.Equal(ids, tokenizer.Encode("ab-ab", addSpecial: false, parseSpecial: false));
    }
}
