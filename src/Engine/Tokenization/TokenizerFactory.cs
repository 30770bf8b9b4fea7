using System.Text;
using System.Text.Json;
using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Files.HuggingFace;
using Hearth.Engine.Tokenization.HuggingFace;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Tokenization;

/// <summary>Makes tokenizers from what models bring along.</summary>
public static class TokenizerFactory
{
    private const string EmbeddingName = "token_embd.weight";

    /// <summary>
    /// Makes the tokenizer of a model: a GGUF file or a Hugging Face folder, of which nothing else need be there, or a <c>tokenizer.json</c>
    /// by itself. What <c>tokenizer_config.json</c> and <c>generation_config.json</c> beside a <c>tokenizer.json</c> say of its tokens is
    /// read too.
    /// </summary>
    /// <exception cref="InvalidModelException">It is missing, contradicts itself, or has a step that Hearth does not know.</exception>
    public static ITokenizer Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string json = Directory.Exists(path) ? Path.Combine(path, "tokenizer.json") : path;
        if (!json.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            using var file = GgufFile.Open(path);
            return Of(file);
        }

        using var tokenizer = FolderJson.Read(json);
        return new Tokenizer(FolderVocabulary.Read(json, tokenizer.RootElement));
    }

    /// <summary>
    /// Makes the tokenizer of an open model: a folder's own, or what the keys of a GGUF file describe. Rows of the embedding that no token
    /// names are tokens without a text.
    /// </summary>
    /// <exception cref="InvalidModelException">
    /// It is missing, contradicts itself, has a step that Hearth does not know, or belongs to a smaller or far larger embedding.
    /// </exception>
    public static ITokenizer Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var vocabulary = file.Vocabulary is { } read ? read() : Reading(file.Metadata);
        return new Tokenizer(Fitted(file.Name, file.Tensors, vocabulary));
    }

    /// <summary>A vocabulary with a token for each row of the embedding, where there is one.</summary>
    /// <exception cref="InvalidModelException">The embedding has fewer rows than there are tokens, or far more.</exception>
    internal static Vocabulary Fitted(string name, IReadOnlyList<GgufTensor> tensors, Vocabulary vocabulary)
    {
        if (tensors.FirstOrDefault(tensor => tensor.Name == EmbeddingName) is not { Dimensions: [_, var rows, ..] })
            return vocabulary;
        int count = vocabulary.Attributes.Length;

        // Embeddings are rounded up to what machines like; beyond that a file could ask for any number of tokens.
        long most = (2L * count) + (1 << 16);
        if (vocabulary.Kind != SubwordKind.None && (rows < count || rows > most))
        {
            throw new InvalidModelException(
                $"{name}: the vocabulary has {count} tokens, but {EmbeddingName} {rows} rows; one of them is another model's.");
        }

        return vocabulary.PaddedTo((int)Math.Min(rows, most));
    }

    /// <summary>Makes the tokenizer that a GGUF file describes in its <c>tokenizer.ggml.*</c> keys.</summary>
    /// <param name="metadata">The file's metadata; it is not needed any more afterwards.</param>
    /// <exception cref="InvalidModelException">The keys are missing, contradict each other, or name something unknown.</exception>
    public static ITokenizer FromGguf(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        return new Tokenizer(Reading(metadata));
    }

    private static Vocabulary Reading(GgufMetadata metadata)
    {
        try
        {
            return GgufVocabularyReader.Read(metadata);
        }
        catch (InvalidModelException e) when (!e.Message.StartsWith(metadata.Name, StringComparison.Ordinal))
        {
            throw new InvalidModelException($"{metadata.Name}: {e.Message}", e);
        }
    }

    /// <summary>Makes the tokenizer of a model folder.</summary>
    /// <param name="tokenizer">The content of <c>tokenizer.json</c>.</param>
    /// <param name="configuration">The content of <c>tokenizer_config.json</c>, which says which tokens have which role; optional.</param>
    /// <exception cref="InvalidModelException">A file is not JSON, contradicts itself or has a step that Hearth does not know.</exception>
    public static ITokenizer FromHuggingFace(Stream tokenizer, Stream? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var root = Parse(tokenizer, "tokenizer.json");
        using var settings = configuration is null ? null : Parse(configuration, "tokenizer_config.json");
        return new Tokenizer(HuggingFaceVocabularyReader.Read(root.RootElement, settings?.RootElement ?? default));
    }

    /// <summary>Makes the tokenizer of a model folder.</summary>
    /// <param name="tokenizer">The text of <c>tokenizer.json</c>.</param>
    /// <param name="configuration">The text of <c>tokenizer_config.json</c>, which says which tokens have which role; optional.</param>
    /// <exception cref="InvalidModelException">A file is not JSON, contradicts itself or has a step that Hearth does not know.</exception>
    public static ITokenizer FromHuggingFace(string tokenizer, string? configuration = null)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        using var root = new MemoryStream(Encoding.UTF8.GetBytes(tokenizer));
        using var settings = configuration is null ? null : new MemoryStream(Encoding.UTF8.GetBytes(configuration));
        return FromHuggingFace(root, settings);
    }

    private static JsonDocument Parse(Stream stream, string name)
    {
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw new InvalidModelException($"{name} is not JSON: {e.Message}", e);
        }
    }
}
