using System.Text;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Tokenization;
using Hearth.Engine.Tokenization.HuggingFace;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>Writes a folder's vocabulary as GGUF's keys, so that a converted file stands alone.</summary>
internal static class VocabularyKeys
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Adds the keys.</summary>
    /// <exception cref="InvalidModelException">GGUF has no name for the way in which the vocabulary splits text.</exception>
    public static void Add(GgufMetadataBuilder keys, Vocabulary vocabulary, JsonElement root, string path)
    {
        bool isSentencePiece = vocabulary.Kind == SubwordKind.BytePair && !vocabulary.ByteLevel;
        keys[Prefix + "model"] = vocabulary.Kind switch
        {
            SubwordKind.BytePair => isSentencePiece ? "llama" : "gpt2",
            SubwordKind.WordPiece => "bert",
            _ => "t5",
        };
        string[] texts = new string[vocabulary.Texts.Count];
        for (int id = 0; id < texts.Length; id++)
            texts[id] = vocabulary.Texts.Text(id);
        keys[Prefix + "tokens"] = GgufValue.ArrayOf(texts);
        keys[Prefix + "token_type"] = GgufValue.ArrayOf<int>(Array.ConvertAll(vocabulary.Attributes, TypeOf));
        if (isSentencePiece)
            keys[Prefix + "scores"] = GgufValue.ArrayOf<float>(ScoresOf(vocabulary, texts));
        else if (vocabulary.Scores.Length > 0)
            keys[Prefix + "scores"] = GgufValue.ArrayOf<float>(vocabulary.Scores);
        if (vocabulary.Kind == SubwordKind.BytePair && !isSentencePiece)
        {
            keys[Prefix + "pre"] = PreTokenizerName(root, vocabulary, path);
            keys[Prefix + "merges"] = GgufValue.ArrayOf(MergesOf(vocabulary.Merges));
        }

        if (vocabulary.Kind == SubwordKind.WordPiece)
        {
            keys[Prefix + "normalizer.lowercase"] = vocabulary.LowerCase;
            keys[Prefix + "normalizer.strip_accents"] = vocabulary.StripAccents;
        }

        AddSpecial(keys, vocabulary);
    }

    private static void AddSpecial(GgufMetadataBuilder keys, Vocabulary vocabulary)
    {
        var special = WithEnds(vocabulary);
        foreach (var (name, id) in (ReadOnlySpan<(string, int)>)
            [
                ("bos", special.Bos), ("eos", special.Eos), ("eot", special.Eot), ("eom", special.Eom), ("unknown", special.Unknown),
                ("seperator", special.Separator), ("padding", special.Pad), ("mask", special.Mask),
            ])
        {
            if (id != SpecialTokens.None)
                keys[$"{Prefix}{name}_token_id"] = (uint)id;
        }

        keys[Prefix + "add_bos_token"] = special.AddBos;
        keys[Prefix + "add_eos_token"] = special.AddEos;
        keys[Prefix + "add_space_prefix"] = vocabulary.AddSpacePrefix;
    }

    /// <summary>
    /// GGUF has no list of the tokens that end an answer. Those that readers do not know by their texts take the places that are free.
    /// </summary>
    private static SpecialTokens WithEnds(Vocabulary vocabulary)
    {
        var special = vocabulary.Special;
        foreach (int id in vocabulary.EndOfGeneration)
        {
            if (id == special.Eos || id == special.Eot || id == special.Eom
                || VocabularyConventions.EndOfGeneration.Contains(vocabulary.Texts.Text(id)))
            {
                continue;
            }

            if (special.Eot == SpecialTokens.None)
                special = special with { Eot = id };
            else if (special.Eom == SpecialTokens.None)
                special = special with { Eom = id };
        }

        return special;
    }

    private static int TypeOf(TokenAttributes attributes)
        => attributes.HasFlag(TokenAttributes.Byte) ? 6
            : attributes.HasFlag(TokenAttributes.Control) ? 3
            : attributes.HasFlag(TokenAttributes.UserDefined) ? 4
            : attributes.HasFlag(TokenAttributes.Unknown) ? 2
            : attributes.HasFlag(TokenAttributes.Unused) ? 5
            : 1;

    private static string[] MergesOf(MergeList merges)
    {
        string[] texts = new string[merges.Count];
        for (int rank = 0; rank < texts.Length; rank++)
            texts[rank] = $"{Encoding.UTF8.GetString(merges.Left(rank))} {Encoding.UTF8.GetString(merges.Right(rank))}";
        return texts;
    }

    /// <summary>A merge of lower rank comes first; as a score, the piece that it makes has the greater one.</summary>
    private static float[] ScoresOf(Vocabulary vocabulary, string[] texts)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        var merges = vocabulary.Merges;
        for (int rank = 0; rank < merges.Count; rank++)
            ranks.TryAdd(Encoding.UTF8.GetString(merges.Left(rank)) + Encoding.UTF8.GetString(merges.Right(rank)), rank);
        float[] scores = new float[texts.Length];
        for (int id = 0; id < texts.Length; id++)
            scores[id] = ranks.TryGetValue(texts[id], out int rank) ? -rank : -merges.Count - id;
        return scores;
    }

    private static string PreTokenizerName(JsonElement root, Vocabulary vocabulary, string path)
    {
        var steps = TokenizerJson.Steps(TokenizerJson.Part(root, "pre_tokenizer")).ToArray();
        string patterns = string.Concat(steps.Where(step => TokenizerJson.Kind(step) == "Split")
            .Select(step => TokenizerJson.Text(step.GetProperty("pattern"), "Regex")));
        bool splitsDigits = steps.Any(step => TokenizerJson.Kind(step) == "Digits");
        bool threeDigits = patterns.Contains(@"\p{N}{1,3}", StringComparison.Ordinal);
        bool hasCases = patterns.Contains(@"\p{Lu}", StringComparison.Ordinal);
        bool isWordPattern = patterns.Contains(@"[^\r\n\p{L}\p{N}]?\p{L}+", StringComparison.Ordinal);
        return (patterns.Length, isWordPattern, hasCases, threeDigits) switch
        {
            (0, _, _, _) => splitsDigits ? (vocabulary.CleanSpaces ? "starcoder" : "smollm") : "gpt-2",
            (_, true, false, true) => vocabulary.IgnoreMerges ? "llama-bpe" : "dbrx",
            (_, true, false, false) => "qwen2",
            (_, _, true, true) => "gpt-4o",
            (_, _, true, false) => "tekken",
            _ => throw new InvalidModelException($"{path}: GGUF has no name for its pre-tokenizer \"{patterns}\"; the folder can be run, but not converted."),
        };
    }
}
