using System.Text.Json;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>The JSON files of a folder.</summary>
internal static class FolderJson
{
    /// <summary>Larger than any tokenizer that there is.</summary>
    private const long MaxBytes = 1L << 29;

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidModelException">It is missing, cannot be read, or is not JSON.</exception>
    public static JsonDocument Read(string path)
    {
        byte[] bytes = ReadBytes(path);
        try
        {
            return JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            throw new InvalidModelException($"{path}: is not JSON: {e.Message}", e);
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
