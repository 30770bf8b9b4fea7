using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Files;
using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Quantization;

/// <summary>
/// How much each input of each matrix matters: mean squares of what a model multiplied its matrices with over some text. An encoder
/// weighs the squared errors of a matrix's columns with them.
/// </summary>
public sealed class ImportanceMatrix
{
    private readonly Dictionary<string, ImportanceEntry> entries;

    /// <summary>Collects entries.</summary>
    /// <param name="name">What messages call their source.</param>
    /// <param name="entries">By tensor.</param>
    /// <param name="datasets">What the texts were called.</param>
    /// <param name="chunkCount">Chunks of text that were read.</param>
    /// <param name="chunkSize">Tokens of a chunk; 0 where that is not known.</param>
    public ImportanceMatrix(
        string name, IReadOnlyDictionary<string, ImportanceEntry> entries, IReadOnlyList<string> datasets, int chunkCount, int chunkSize)
    {
        Name = name;
        this.entries = new Dictionary<string, ImportanceEntry>(entries, StringComparer.Ordinal);
        Datasets = datasets;
        ChunkCount = chunkCount;
        ChunkSize = chunkSize;
    }

    /// <summary>The file, for messages.</summary>
    public string Name { get; }

    /// <summary>What the texts were called.</summary>
    public IReadOnlyList<string> Datasets { get; }

    /// <summary>Chunks of text that were read.</summary>
    public int ChunkCount { get; }

    /// <summary>Tokens of a chunk; 0 where that is not known.</summary>
    public int ChunkSize { get; }

    /// <summary>By tensor.</summary>
    public IReadOnlyDictionary<string, ImportanceEntry> Entries => entries;

    /// <summary>Opens a file of either form: GGUF, or the older one without a header.</summary>
    /// <exception cref="InvalidModelException">The file cannot be read, or is damaged, or is neither.</exception>
    public static ImportanceMatrix Load(string path)
    {
        using (var map = MappedFile.Open(path))
        {
            if (map.Length < sizeof(uint) || !map.Bytes(0, sizeof(uint)).SequenceEqual("GGUF"u8))
                return LegacyImportanceReader.Read(map);
        }

        using var file = GgufFile.Open(path);
        return GgufImportance.Read(file);
    }

    /// <summary>Writes the GGUF form, whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or the file may not be written.</exception>
    public void Save(string path) => GgufImportance.Write(this, path);

    /// <summary>
    /// The importance of a tensor's columns: as many values as it has columns, for each of its matrices or for all of them together.
    /// </summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="matrices">Its matrices, one an expert.</param>
    /// <param name="importance">Receives them.</param>
    /// <returns>Whether there are any.</returns>
    /// <exception cref="InvalidModelException">There are some, but of another model.</exception>
    public bool TryGet(string tensor, long columns, long matrices, [NotNullWhen(true)] out float[]? importance)
    {
        importance = null;
        if (!entries.TryGetValue(tensor, out var entry))
            return false;
        if (entry.Sums.Length != columns && entry.Sums.Length != columns * matrices)
        {
            throw new InvalidModelException(
                $"{Name}: has {entry.Sums.Length} values for {tensor}, which has {columns} columns in {matrices} matrices; "
                + "it was made with another model.");
        }

        importance = entry.Means();
        return true;
    }
}
