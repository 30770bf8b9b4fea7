using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Files.HuggingFace;

namespace Hearth.Engine.Files;

/// <summary>Opens models in whatever form they are.</summary>
public static class ModelFile
{
    /// <summary>Kinds of model folders that can be read, as their <c>config.json</c> calls them.</summary>
    public static IReadOnlyList<string> FolderTypes => FamilyCatalog.ModelTypes;

    /// <summary>Opens a GGUF file, any part of a split one, or a Hugging Face folder, whose tensors then have GGUF's names and forms.</summary>
    /// <exception cref="InvalidModelException">It is missing, damaged, or of a kind that is not supported.</exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Directory.Exists(path) ? ModelFolder.Open(path) : GgufFile.Open(path);
    }

    /// <summary>Opens a Hugging Face folder with keys that describe its vocabulary too, as a file has them that stands alone.</summary>
    /// <exception cref="InvalidModelException">
    /// It is no such folder, is damaged, of a kind that is not supported, or splits text in a way that GGUF has no name for.
    /// </exception>
    public static GgufFile OpenForConversion(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Directory.Exists(folder)
            ? ModelFolder.Open(folder, withVocabulary: true)
            : throw new InvalidModelException($"{folder}: there is no such folder.");
    }
}
