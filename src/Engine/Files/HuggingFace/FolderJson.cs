using System.Text.Json;
using System.Text.Unicode;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>The JSON files of a folder.</summary>
internal static class FolderJson
{
    /// <summary>Larger than any tokenizer that there is.</summary>
    private const long MaxBytes = 1L << 29;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">It is missing, cannot be read, or is not JSON.</exception>
    public static JsonDocument Read(string path)
        => Parse(path, "", ReadBytes(path));

    /// <summary>Parses text. Its strings can be asked for afterwards without further doubt.</summary>
    /// <param name="path">The file, for messages.</param>
    /// <param name="what">The part of the file that it is, for messages: " has a header that"; or nothing.</param>
    /// <param name="bytes">UTF-8.</param>
    /// <exception cref="InvalidModelException">It is not JSON, not UTF-8, or writes half of a surrogate pair as an escape.</exception>
    public static JsonDocument Parse(string path, string what, byte[] bytes)
    {
        try
        {
            CheckTexts(bytes);
            return JsonDocument.Parse(bytes);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidModelException($"{path}:{what} is not JSON: {e.Message}", e);
        }
    }

    /// <summary>The parser does not look into strings, and whoever asks for them would find out too late.</summary>
    private static void CheckTexts(byte[] bytes)
    {
        if (!Utf8.IsValid(bytes))
            throw new JsonException("it is not UTF-8.");
        if (bytes.AsSpan().IndexOf("\\u"u8) < 0)
            return;
        var reader = new Utf8JsonReader(bytes);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                _ = reader.GetString();
        }
    }

    /// <summary>Reads a file that may be missing.</summary>
    /// <exception cref="InvalidModelException">It cannot be read, or is not JSON.</exception>
    public static JsonDocument? ReadOptional(string path) => File.Exists(path) ? Read(path) : null;

    /// <summary>Reads a file as it is.</summary>
    /// <exception cref="InvalidModelException">It is missing, or cannot be read.</exception>
    public static byte[] ReadBytes(string path)
    {
        using var map = MappedFile.Open(path);
        return map.Length <= MaxBytes
            ? map.Bytes(0, map.Length).ToArray()
            : throw new InvalidModelException($"{path}: has {map.Length} bytes; the limit is {MaxBytes}.");
    }
}
