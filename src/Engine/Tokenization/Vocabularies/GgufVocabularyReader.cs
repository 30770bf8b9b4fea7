using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization.LongestMatch;
using Hearth.Engine.Tokenization.PreTokenization;

namespace Hearth.Engine.Tokenization.Vocabularies;

/// <summary>Reads the <c>tokenizer.ggml.*</c> keys of a GGUF file.</summary>
/// <remarks>Keys: the GGUF specification. Defaults for keys that a file leaves out: llama.cpp v0.5.0.</remarks>
internal static class GgufVocabularyReader
{
    private const string Prefix = "tokenizer.ggml.";

    // What a file without tokens may claim: nothing else in it bounds the number.
    private const int LargestUnstated = 1 << 24;

    /// <summary>Reads a vocabulary.</summary>
    /// <exception cref="InvalidModelException">The keys are missing, contradict each other, or name something unknown.</exception>
    public static Vocabulary Read(GgufMetadata metadata)
    {
        var model = metadata.GetString(Prefix + "model");
        return model switch
        {
            "none" or "no_vocab" => ReadNone(metadata),
            "llama" => ReadScored(metadata, SubwordKind.SentencePiece),
            "t5" => ReadScored(metadata, SubwordKind.Unigram),
            "gpt2" => ReadBytePair(metadata, PreTokenizerName(metadata)),
            "gemma4" => ReadBytePair(metadata, model),
            "bert" => ReadWordPiece(metadata),
            "rwkv" => ReadLongestMatch(metadata),
            _ => throw new InvalidModelException(
                $"The tokenizer model \"{model}\" is not known; Hearth has llama, gpt2, gemma4, bert, t5, rwkv and none."),
        };
    }

    private static string PreTokenizerName(GgufMetadata metadata)
        => metadata.GetString(Prefix + "pre", PreTokenizerCatalog.Default) is { Length: > 0 } name ? name : PreTokenizerCatalog.Default;

    private static Vocabulary ReadNone(GgufMetadata metadata)
    {
        // Such files state only how many ids there are, under the architecture's own prefix.
        var architecture = metadata.GetString("general.architecture", string.Empty);
        var size = metadata.GetUInt32($"{architecture}.vocab_size", 0);
        if (size > LargestUnstated)
        {
            throw new InvalidModelException($"The key {architecture}.vocab_size says {size}, which is no size of a vocabulary.");
        }

        return new Vocabulary
        {
            Kind = SubwordKind.None,
            Texts = EmptyTexts((int)size),
            Attributes = new TokenAttributes[size],
        };
    }

    private static Utf8List EmptyTexts(int count)
    {
        var texts = new Utf8List(count);
        for (var id = 0; id < count; id++) texts.Add([]);
        return texts;
    }

    private static Vocabulary ReadScored(GgufMetadata metadata, SubwordKind kind)
    {
        var texts = ReadTexts(metadata);
        var attributes = ReadAttributes(metadata, texts);
        var sentencePiece = kind == SubwordKind.SentencePiece;
        var defaults = sentencePiece
            ? new SpecialTokens { Bos = 1, Eos = 2, Unknown = 0, AddBos = true }
            : new SpecialTokens { Eos = 1, Unknown = 2, Pad = 0, AddEos = true };
        var special = Complete(metadata, texts, attributes, defaults, out var endOfGeneration);
        return new Vocabulary
        {
            Kind = kind,
            Texts = texts,
            Attributes = attributes,
            Scores = ReadScores(metadata, texts.Count),
            Special = special,
            EndOfGeneration = endOfGeneration,
            EscapeSpaces = true,
            AddSpacePrefix = metadata.GetBoolean(Prefix + "add_space_prefix", sentencePiece),
            RemoveExtraSpaces = metadata.GetBoolean(Prefix + "remove_extra_whitespaces", false),
            CharsMap = sentencePiece ? [] : ReadCharsMap(metadata),
        };
    }

    private static Vocabulary ReadBytePair(GgufMetadata metadata, string preTokenizerName)
    {
        var rules = PreTokenizerCatalog.Find(preTokenizerName)
            ?? throw new InvalidModelException($"The pre-tokenizer \"{preTokenizerName}\" (key {Prefix}pre) is not known to Hearth.");
        var texts = ReadTexts(metadata);
        var attributes = ReadAttributes(metadata, texts);
        var hasModelOfItsOwn = metadata.GetString(Prefix + "model") == "gemma4";
        var defaults = hasModelOfItsOwn
            ? new SpecialTokens { AddBos = true }
            : new SpecialTokens { Bos = 11, Eos = 11, AddBos = rules.AddBos, AddSeparator = rules.AddSeparator };
        var special = Complete(metadata, texts, attributes, defaults, out var endOfGeneration);
        return new Vocabulary
        {
            Kind = SubwordKind.BytePair,
            Texts = texts,
            Attributes = attributes,
            Merges = ReadMerges(metadata),
            Special = rules.AlwaysAddsBos ? special with { AddBos = true } : special,
            EndOfGeneration = endOfGeneration,
            PreTokenizer = rules.PreTokenizer,
            AddSpacePrefix = metadata.GetBoolean(Prefix + "add_space_prefix", false),
            EscapeSpaces = rules.EscapeSpaces,
            CleanSpaces = rules.CleanSpaces,
            ByteLevel = rules.ByteLevel,
            IgnoreMerges = rules.IgnoreMerges,
        };
    }

    private static Vocabulary ReadWordPiece(GgufMetadata metadata)
    {
        var texts = ReadTexts(metadata);
        var attributes = ReadAttributes(metadata, texts);
        var cls = metadata.GetUInt32(Prefix + "cls_token_id", 101);
        var defaults = new SpecialTokens
        {
            Bos = (int)Math.Min(cls, int.MaxValue),
            Unknown = 100,
            Separator = 102,
            Pad = 0,
            Mask = 103,
            AddBos = true,
            AddSeparator = true,
        };
        var special = Complete(metadata, texts, attributes, defaults, out var endOfGeneration);
        var lowerCase = metadata.GetBoolean(Prefix + "normalizer.lowercase", true);
        return new Vocabulary
        {
            Kind = SubwordKind.WordPiece,
            Texts = texts,
            Attributes = attributes,
            Special = special,
            EndOfGeneration = endOfGeneration,
            EscapeSpaces = true,
            AddSpacePrefix = metadata.GetBoolean(Prefix + "add_space_prefix", false),
            CleanSpaces = true,
            LowerCase = lowerCase,
            StripAccents = metadata.GetBoolean(Prefix + "normalizer.strip_accents", lowerCase),
        };
    }

    private static Vocabulary ReadLongestMatch(GgufMetadata metadata)
    {
        var written = ReadTexts(metadata);
        var attributes = ReadAttributes(metadata, written);
        var texts = new Utf8List(written.Count);
        for (var id = 0; id < written.Count; id++)
        {
            if (!PythonBytes.TryRead(written[id], texts.Reserve(written[id].Length), out var length))
                throw new InvalidModelException($"Token {id} of the vocabulary is \"{written.Text(id)}\", whose escapes are not those of Python.");
            texts.Commit(length);
        }

        return new Vocabulary
        {
            Kind = SubwordKind.LongestMatch,
            Texts = texts,
            Attributes = attributes,
            Special = Complete(metadata, texts, attributes, new SpecialTokens(), out var endOfGeneration),
            EndOfGeneration = endOfGeneration,
        };
    }

    private static Utf8List ReadTexts(GgufMetadata metadata)
    {
        var tokens = metadata.GetStringArray(Prefix + "tokens");
        if (tokens.Count == 0) throw new InvalidModelException($"The vocabulary (key {Prefix}tokens) has no tokens.");
        var texts = new Utf8List(tokens.Count);
        for (var id = 0; id < tokens.Count; id++)
        {
            var text = tokens.Utf8(id);
            if (text.IsEmpty) texts.Add($"[EMPTY_{id}]");
            else texts.Add(text);
        }

        return texts;
    }

    private static MergeList ReadMerges(GgufMetadata metadata)
    {
        var pairs = metadata.GetStringArray(Prefix + "merges");
        var merges = new MergeList(pairs.Count);
        for (var rank = 0; rank < pairs.Count; rank++) merges.Add(pairs.Utf8(rank));
        return merges;
    }

    private static TokenAttributes[] ReadAttributes(GgufMetadata metadata, Utf8List texts)
    {
        var attributes = new TokenAttributes[texts.Count];
        if (!metadata.TryGetInt32Array(Prefix + "token_type", out var types))
        {
            Array.Fill(attributes, TokenAttributes.Normal);
            return attributes;
        }

        CheckLength("token_type", types.Length, texts.Count);
        for (var id = 0; id < types.Length; id++)
        {
            attributes[id] = types[id] switch
            {
                1 => TokenAttributes.Normal,
                2 => TokenAttributes.Unknown,
                3 => TokenAttributes.Control,
                4 => TokenAttributes.UserDefined,
                5 => TokenAttributes.Unused,
                6 => TokenAttributes.Byte,
                _ => TokenAttributes.None,
            };
        }

        return attributes;
    }

    private static float[] ReadScores(GgufMetadata metadata, int count)
    {
        if (!metadata.TryGetSingleArray(Prefix + "scores", out var scores)) return new float[count];
        CheckLength("scores", scores.Length, count);
        var bad = Array.FindIndex(scores, score => !float.IsFinite(score));
        if (bad >= 0) throw new InvalidModelException($"The score of token {bad} is {scores[bad]}, which is not a finite number.");
        return scores;
    }

    private static byte[] ReadCharsMap(GgufMetadata metadata)
        => metadata.TryGetInt32Array(Prefix + "precompiled_charsmap", out var bytes) ? Array.ConvertAll(bytes, value => (byte)value) : [];

    private static SpecialTokens Complete(
        GgufMetadata metadata, Utf8List texts, TokenAttributes[] attributes, SpecialTokens defaults, out int[] endOfGeneration)
    {
        int Id(string key, int fallback)
        {
            var isStated = metadata.TryGetUInt32($"{Prefix}{key}_token_id", out var stated) && stated < (uint)texts.Count;
            var id = isStated ? (int)stated : fallback;
            return id < texts.Count ? id : SpecialTokens.None;
        }

        var stated = new SpecialTokens
        {
            Bos = Id("bos", defaults.Bos),
            Eos = Id("eos", defaults.Eos),
            Eot = Id("eot", SpecialTokens.None),
            Eom = Id("eom", SpecialTokens.None),
            Unknown = Id("unknown", defaults.Unknown),
            Separator = Id("seperator", defaults.Separator),
            Pad = Id("padding", defaults.Pad),
            Mask = Id("mask", defaults.Mask),
            InfillPrefix = Id("fim_pre", Id("prefix", SpecialTokens.None)),
            InfillSuffix = Id("fim_suf", Id("suffix", SpecialTokens.None)),
            InfillMiddle = Id("fim_mid", Id("middle", SpecialTokens.None)),
            InfillPad = Id("fim_pad", SpecialTokens.None),
            InfillRepository = Id("fim_rep", SpecialTokens.None),
            InfillFile = Id("fim_sep", SpecialTokens.None),
            AddBos = metadata.GetBoolean(Prefix + "add_bos_token", defaults.AddBos),
            AddEos = metadata.GetBoolean(Prefix + "add_eos_token", defaults.AddEos),
            AddSeparator = metadata.GetBoolean(Prefix + "add_sep_token", defaults.AddSeparator),
        };
        var specialTexts = new SpecialTexts(texts, attributes);
        var special = specialTexts.Complete(stated, out endOfGeneration);
        specialTexts.MarkStripping(
            metadata.GetString("general.architecture", string.Empty), metadata.GetString("general.name", string.Empty),
            PreTokenizerName(metadata));
        return special;
    }

    private static void CheckLength(string key, int length, int expected)
    {
        if (length != expected)
        {
            throw new InvalidModelException($"The key {Prefix}{key} has {length} entries, but the vocabulary has {expected} tokens.");
        }
    }
}
