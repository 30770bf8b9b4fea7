using System.Text.Json;
using Hearth.Engine.Tokenization.HuggingFace;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>
/// The vocabulary of a folder: <c>tokenizer.json</c>, the roles that <c>tokenizer_config.json</c> gives its tokens, and the tokens that end
/// an answer by <c>generation_config.json</c> or, where that names none, by <c>config.json</c>.
/// </summary>
internal static class FolderVocabulary
{
    private const string EndKey = "eos_token_id";

    /// <summary>Reads a vocabulary.</summary>
    /// <param name="path">The <c>tokenizer.json</c>, for messages and for what lies beside it.</param>
    /// <param name="tokenizer">Its content.</param>
    /// <exception cref="InvalidModelException">A file contradicts itself or has a step that Hearth does not know.</exception>
    public static Vocabulary Read(string path, JsonElement tokenizer)
    {
        string folder = Path.GetDirectoryName(path) ?? string.Empty;
        int[] ends = ReadEnds(Path.Combine(folder, "generation_config.json")) ?? ReadEnds(Path.Combine(folder, "config.json")) ?? [];
        using var settings = FolderJson.ReadOptional(Path.Combine(folder, "tokenizer_config.json"));
        try
        {
            return HuggingFaceVocabularyReader.Read(tokenizer, settings?.RootElement ?? default, ends);
        }
        catch (InvalidModelException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new InvalidModelException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>A token or a list of them; null where the file is missing or says nothing.</summary>
    private static int[]? ReadEnds(string path)
    {
        using var document = FolderJson.ReadOptional(path);
        if (document is null || document.RootElement.ValueKind != JsonValueKind.Object)
            return null;
        var config = new ModelConfig(path, document.RootElement);
        if (!config.TryGet(EndKey, out var ends))
            return null;
        return ends.ValueKind == JsonValueKind.Array ? [.. ends.EnumerateArray().Select(Token)] : [Token(ends)];

        int Token(JsonElement id) => id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out int token)
            ? token
            : throw config.Wrong(EndKey, id, "a token or a list of tokens");
    }
}
