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
    /// <summary>
    /// Makes the tokenizer of a model: a GGUF file or a Hugging Face folder, of which nothing else need be there, or a <c>tokenizer.json</c>
    /// by itself. The <c>tokenizer_config.json</c> beside a <c>tokenizer.json</c> is read too.
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

        try
        {
            using var tokenizer = new MemoryStream(FolderJson.ReadBytes(json));
            string settingsPath = Path.Combine(Path.GetDirectoryName(json) ?? string.Empty, "tokenizer_config.json");
            using var settings = File.Exists(settingsPath) ? new MemoryStream(FolderJson.ReadBytes(settingsPath)) : null;
            return FromHuggingFace(tokenizer, settings);
        }
        catch (InvalidModelException e) when (!e.Message.StartsWith(json, StringComparison.Ordinal))
        {
            throw new InvalidModelException($"{json}: {e.Message}", e);
        }
    }

    /// <summary>Makes the tokenizer of an open model: a folder's own, or what the keys of a GGUF file describe.</summary>
    /// <exception cref="InvalidModelException">It is missing, contradicts itself, or has a step that Hearth does not know.</exception>
    public static ITokenizer Of(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return file.Tokenizer is { } make ? make() : FromGguf(file.Metadata);
    }

    /// <summary>Makes the tokenizer that a GGUF file describes in its <c>tokenizer.ggml.*</c> keys.</summary>
    /// <param name="metadata">The file's metadata; it is not needed any more afterwards.</param>
    /// <exception cref="InvalidModelException">The keys are missing, contradict each other, or name something unknown.</exception>
    public static ITokenizer FromGguf(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        try
        {
            return new Tokenizer(GgufVocabularyReader.Read(metadata));
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
