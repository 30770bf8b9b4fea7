using System.Text;
using System.Text.Json;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization.HuggingFace;

/// <summary>Reads a <c>tokenizer.json</c>, and from <c>tokenizer_config.json</c> which tokens have which role.</summary>
/// <remarks>Source: the serialised form of the Hugging Face tokenizers library.</remarks>
internal sealed class HuggingFaceVocabularyReader
{
    private static readonly string[] UsualBos = ["<s>", "<bos>", "<|begin_of_text|>", "<|startoftext|>", "<|endoftext|>"];
    private static readonly string[] UsualEos = [.. VocabularyConventions.EndOfTurn, "</s>", "<eos>"];

    private readonly JsonElement root;
    private readonly JsonElement configuration;
    private readonly JsonElement model;
    private readonly SubwordKind kind;
    private readonly string[] texts;
    private readonly TokenAttributes[] attributes;
    private readonly float[] scores;
    private readonly Dictionary<string, int> specialIds = [];
    private readonly int[] ends;

    private HuggingFaceVocabularyReader(JsonElement root, JsonElement configuration, ReadOnlySpan<int> ends)
    {
        this.root = root;
        this.configuration = configuration;
        model = root.GetProperty("model");
        kind = (TokenizerJson.Text(model, "type") ?? InferType(model)) switch
        {
            "BPE" => SubwordKind.BytePair,
            "WordPiece" => SubwordKind.WordPiece,
            "Unigram" => SubwordKind.Unigram,
            var type => throw new InvalidModelException(
                $"The tokenizer model \"{type}\" is not known; Hearth has BPE, WordPiece and Unigram."),
        };

        var size = CountIds();
        texts = new string[size];
        attributes = new TokenAttributes[size];
        scores = kind == SubwordKind.Unigram ? new float[size] : [];
        ReadPieces();
        ReadAddedTokens();
        FillGaps();

        // An id beyond the vocabulary is never drawn.
        this.ends = Array.FindAll(ends.ToArray(), id => (uint)id < (uint)texts.Length);
    }

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="root">The content of <c>tokenizer.json</c>.</param>
    /// <param name="configuration">The content of <c>tokenizer_config.json</c>, or an undefined element.</param>
    /// <param name="ends">Tokens that end an answer by what the model says of itself, the most usual first.</param>
    /// <exception cref="InvalidModelException">The file contradicts itself or has a step that Hearth does not know.</exception>
    public static Vocabulary Read(JsonElement root, JsonElement configuration, ReadOnlySpan<int> ends = default)
    {
        try
        {
            return new HuggingFaceVocabularyReader(root, configuration, ends).Create();
        }
        catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or FormatException or IndexOutOfRangeException)
        {
            throw new InvalidModelException($"tokenizer.json has not the structure of such a file: {e.Message}", e);
        }
    }

    private static string InferType(JsonElement model)
        => model.TryGetProperty("merges", out _) ? "BPE"
            : TokenizerJson.Part(model, "vocab").ValueKind == JsonValueKind.Array ? "Unigram"
            : "WordPiece";

    private Vocabulary Create()
    {
        var normalizer = NormalizerRules.Read(TokenizerJson.Part(root, "normalizer"));
        var decoders = TokenizerJson.Steps(TokenizerJson.Part(root, "decoder")).ToArray();
        var preTokenizer = kind == SubwordKind.BytePair ? PreTokenizerReader.Read(TokenizerJson.Part(root, "pre_tokenizer")) : null;
        var preSteps = TokenizerJson.Steps(TokenizerJson.Part(root, "pre_tokenizer")).Select(TokenizerJson.Kind).ToArray();
        var byteLevel = preTokenizer is not null
            && (preTokenizer.IsByteLevel || decoders.Any(step => TokenizerJson.Kind(step) == "ByteLevel"));
        if (kind == SubwordKind.WordPiece) MarkWordStarts();
        if (TokenizerJson.Flag(model, "byte_fallback", otherwise: false)) MarkByteTokens();

        var utf8 = new Utf8List(texts.Length);
        foreach (var text in texts) utf8.Add(text);
        var special = new SpecialTexts(utf8, attributes).Complete(ReadSpecial(), out var endOfGeneration);
        return new Vocabulary
        {
            Kind = kind,
            Texts = utf8,
            Attributes = attributes,
            Scores = scores,
            Merges = kind == SubwordKind.BytePair ? ReadMerges() : new MergeList(0),
            Special = special,
            EndOfGeneration = [.. endOfGeneration.Union(ends).Order()],
            PreTokenizer = preTokenizer?.Create(normalizer.Prefix),
            CharsMap = normalizer.CharsMap,
            AddSpacePrefix = decoders.Any(DropsFirstSpace),
            EscapeSpaces = kind != SubwordKind.BytePair || normalizer.EscapesSpaces || preTokenizer!.EscapesSpaces,
            RemoveExtraSpaces = normalizer.RemovesExtraSpaces || preSteps.Contains("WhitespaceSplit"),
            LowerCase = normalizer.LowersCase,
            StripAccents = normalizer.StripsAccents,
            CleanSpaces = kind == SubwordKind.WordPiece
                ? decoders.Any(step => TokenizerJson.Flag(step, "cleanup", otherwise: true))
                : ConfiguredFlag("clean_up_tokenization_spaces", otherwise: preTokenizer is { IsGpt2: true }),
            ByteLevel = byteLevel,
            IgnoreMerges = TokenizerJson.Flag(model, "ignore_merges", otherwise: false),
        };
    }

    private static bool DropsFirstSpace(JsonElement decoder) => TokenizerJson.Kind(decoder) switch
    {
        "Strip" => decoder.GetProperty("start").GetInt32() > 0,
        "Metaspace" => TokenizerJson.Text(decoder, "prepend_scheme") is { } scheme
            ? scheme != "never"
            : TokenizerJson.Flag(decoder, "add_prefix_space", otherwise: true),
        _ => false,
    };

    // Ids come from the file: no more of them than twice the tokens, so that a single large id cannot ask for all memory.
    private int CountIds()
    {
        var vocabulary = model.GetProperty("vocab");
        var last = -1;
        var count = 0;
        if (kind == SubwordKind.Unigram)
        {
            last = (count = vocabulary.GetArrayLength()) - 1;
        }
        else
        {
            foreach (var entry in vocabulary.EnumerateObject())
            {
                last = Math.Max(last, entry.Value.GetInt32());
                count++;
            }
        }

        foreach (var token in AddedTokens())
        {
            last = Math.Max(last, token.GetProperty("id").GetInt32());
            count++;
        }

        if (count == 0) throw new InvalidModelException("The vocabulary of tokenizer.json has no tokens.");
        if (last > (long)count * 2)
        {
            throw new InvalidModelException($"The vocabulary of tokenizer.json has {count} tokens, but one has the id {last}.");
        }

        return last + 1;
    }

    private IEnumerable<JsonElement> AddedTokens()
        => root.TryGetProperty("added_tokens", out var tokens) && tokens.ValueKind == JsonValueKind.Array ? tokens.EnumerateArray() : [];

    private void ReadPieces()
    {
        var vocabulary = model.GetProperty("vocab");
        if (kind == SubwordKind.Unigram)
        {
            var id = 0;
            foreach (var entry in vocabulary.EnumerateArray())
            {
                scores[id] = entry[1].GetSingle();
                if (!float.IsFinite(scores[id])) throw new InvalidModelException($"The score of token {id} is not a finite number.");
                SetPiece(id++, TokenizerJson.Text(entry[0]));
            }

            return;
        }

        foreach (var entry in vocabulary.EnumerateObject()) SetPiece(entry.Value.GetInt32(), entry.Name);
    }

    private void SetPiece(int id, string text)
    {
        if (id < 0) throw new InvalidModelException($"The token \"{text}\" of tokenizer.json has the id {id}.");
        if (texts[id] is not null)
        {
            throw new InvalidModelException($"The tokens \"{texts[id]}\" and \"{text}\" of tokenizer.json both have the id {id}.");
        }

        texts[id] = text;
        attributes[id] = TokenAttributes.Normal;
    }

    private void ReadAddedTokens()
    {
        foreach (var token in AddedTokens())
        {
            var id = token.GetProperty("id").GetInt32();
            var text = TokenizerJson.Text(token.GetProperty("content"));
            if (id < 0) throw new InvalidModelException($"The token \"{text}\" of tokenizer.json has the id {id}.");
            texts[id] = text;
            attributes[id] = TokenizerJson.Flag(token, "special", otherwise: false) ? TokenAttributes.Control : TokenAttributes.UserDefined;
            if (TokenizerJson.Flag(token, "lstrip", otherwise: false)) attributes[id] |= TokenAttributes.StripLeft;
            if (TokenizerJson.Flag(token, "rstrip", otherwise: false)) attributes[id] |= TokenAttributes.StripRight;
            specialIds[text] = id;
        }
    }

    private void FillGaps()
    {
        for (var id = 0; id < texts.Length; id++)
        {
            if (string.IsNullOrEmpty(texts[id])) (texts[id], attributes[id]) = ($"[EMPTY_{id}]", TokenAttributes.Unused);
        }
    }

    private void MarkByteTokens()
    {
        for (var id = 0; id < texts.Length; id++)
        {
            if (!texts[id].StartsWith("<0x", StringComparison.Ordinal)) continue;
            if (ByteFallback.TryParse(Encoding.UTF8.GetBytes(texts[id]), out _)) attributes[id] = TokenAttributes.Byte;
        }
    }

    // ##ing continues a word: spelt the way of GGUF files, where U+2581 begins one instead.
    private void MarkWordStarts()
    {
        var prefix = TokenizerJson.Text(model, "continuing_subword_prefix") ?? "##";
        for (var id = 0; id < texts.Length; id++)
        {
            if ((attributes[id] & TokenAttributes.Normal) == 0 || texts[id] is ['[', .., ']']) continue;
            texts[id] = texts[id].StartsWith(prefix, StringComparison.Ordinal) && texts[id].Length > prefix.Length
                ? texts[id][prefix.Length..]
                : "\u2581" + texts[id];
        }
    }

    private MergeList ReadMerges()
    {
        foreach (var affix in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (TokenizerJson.Text(model, affix) is { Length: > 0 } text)
            {
                throw new InvalidModelException($"Hearth does not know byte-pair vocabularies with a {affix} (\"{text}\").");
            }
        }

        var list = model.GetProperty("merges");
        var merges = new MergeList(list.GetArrayLength());
        foreach (var merge in list.EnumerateArray())
        {
            if (merge.ValueKind == JsonValueKind.String) merges.Add(Encoding.UTF8.GetBytes(TokenizerJson.Text(merge)));
            else merges.Add(Encoding.UTF8.GetBytes(TokenizerJson.Text(merge[0])), Encoding.UTF8.GetBytes(TokenizerJson.Text(merge[1])));
        }

        return merges;
    }

    private SpecialTokens ReadSpecial()
    {
        var frame = TextFrame.Read(TokenizerJson.Part(root, "post_processor"));
        var wordPiece = kind == SubwordKind.WordPiece;
        var before = Id(frame.Before);
        var after = Id(frame.After);
        var usualBos = wordPiece ? SpecialTokens.None : FirstKnown(UsualBos);
        var usualEos = wordPiece ? SpecialTokens.None : FirstKnown(UsualEos);
        var unknown = kind == SubwordKind.Unigram && TokenizerJson.Part(model, "unk_id") is { ValueKind: JsonValueKind.Number } id
            ? id.GetInt32()
            : Find(TokenizerJson.Text(model, "unk_token"));
        if (unknown >= texts.Length) throw new InvalidModelException($"unk_id is {unknown}, but the vocabulary has {texts.Length} tokens.");
        if (unknown >= 0) attributes[unknown] = (attributes[unknown] & ~TokenAttributes.Normal) | TokenAttributes.Unknown;

        return new SpecialTokens
        {
            Bos = FirstOf(before, Id(Configured(wordPiece ? "cls_token" : "bos_token")), usualBos),
            Eos = FirstOf(Id(Configured("eos_token")), ends is [var end, ..] ? end : SpecialTokens.None, wordPiece ? SpecialTokens.None : after, usualEos),
            Separator = FirstOf(wordPiece ? after : SpecialTokens.None, Id(Configured("sep_token"))),
            Unknown = unknown,
            Pad = Id(Configured("pad_token")),
            Mask = Id(Configured("mask_token")),
            AddBos = frame.IsStated ? before >= 0 : ConfiguredFlag("add_bos_token", otherwise: false),
            AddEos = !wordPiece && (frame.IsStated ? after >= 0 : ConfiguredFlag("add_eos_token", otherwise: false)),
            AddSeparator = wordPiece && after >= 0,
        };
    }

    private static int FirstOf(params ReadOnlySpan<int> ids)
    {
        foreach (var id in ids)
        {
            if (id >= 0) return id;
        }

        return SpecialTokens.None;
    }

    private int FirstKnown(string[] candidates)
    {
        var known = Array.Find(candidates, specialIds.ContainsKey);
        return Id(known);
    }

    private int Id(string? text) => text is not null && specialIds.TryGetValue(text, out var id) ? id : SpecialTokens.None;

    private int Find(string? text) => text is null ? SpecialTokens.None : Id(text) is >= 0 and var id ? id : Array.IndexOf(texts, text);

    // A token is its text, or an object with the text as content.
    private string? Configured(string name)
        => configuration.ValueKind == JsonValueKind.Object && configuration.TryGetProperty(name, out var token)
            ? token.ValueKind == JsonValueKind.Object ? TokenizerJson.Text(token, "content") : TokenizerJson.Text(configuration, name)
            : null;

    private bool ConfiguredFlag(string name, bool otherwise)
        => configuration.ValueKind == JsonValueKind.Object ? TokenizerJson.Flag(configuration, name, otherwise) : otherwise;
}
