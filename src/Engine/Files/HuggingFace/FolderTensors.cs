using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Hearth.Engine.Files.Safetensors;

namespace Hearth.Engine.Files.HuggingFace;

/// <summary>The tensors of a folder: one safetensors file, or the shards that an index names.</summary>
internal sealed class FolderTensors : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";

    private readonly List<SafetensorsFile> files = [];
    private readonly Dictionary<string, SafetensorsTensor> tensors = new(StringComparer.Ordinal);
    private readonly HashSet<string> used = new(StringComparer.Ordinal);

    private FolderTensors()
    {
    }

    /// <summary>Bytes of all files.</summary>
    public long ByteLength => files.Sum(file => file.Map.Length);

    /// <summary>Names of tensors that nobody asked for.</summary>
    public IEnumerable<string> Unused => tensors.Keys.Where(name => !used.Contains(name));

    /// <summary>Opens the files.</summary>
    /// <exception cref="InvalidModelException">A file is missing or damaged, or the index names a tensor that its shard has not.</exception>
    public static FolderTensors Open(string folder)
    {
        var result = new FolderTensors();
        try
        {
            string index = Path.Combine(folder, IndexName);
            if (File.Exists(index))
                result.AddShards(folder, index);
            else if (File.Exists(Path.Combine(folder, SingleName)))
                result.Add(Path.Combine(folder, SingleName), null);
            else
                throw new InvalidModelException($"{folder}: has neither {SingleName} nor {IndexName}, so there are no weights to read.");
            return result;
        }
        catch
        {
            result.Dispose();
            throw;
        }
    }

    /// <summary>Finds a tensor and notes that it was asked for.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SafetensorsTensor? tensor)
    {
        if (!tensors.TryGetValue(name, out tensor))
            return false;
        used.Add(name);
        return true;
    }

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => tensors.ContainsKey(name);

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    private void AddShards(string folder, string index)
    {
        using var document = FolderJson.Read(index);
        if (document.RootElement.ValueKind != JsonValueKind.Object
            || !document.RootElement.TryGetProperty("weight_map", out var map) || map.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidModelException($"{index}: has no weight_map, which should name the shard of each tensor.");
        }

        var shards = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var entry in map.EnumerateObject())
        {
            string? shard = entry.Value.ValueKind == JsonValueKind.String ? entry.Value.GetString() : null;
            if (string.IsNullOrEmpty(shard) || shard != Path.GetFileName(shard) || shard is "." or ".." || shard.Contains('\\', StringComparison.Ordinal))
                throw new InvalidModelException($"{index}: names {entry.Value.GetRawText()} for {entry.Name}, which is no file of this folder.");
            if (!shards.TryGetValue(shard, out var names))
                shards.Add(shard, names = new HashSet<string>(StringComparer.Ordinal));
            names.Add(entry.Name);
        }

        foreach (var (shard, names) in shards)
        {
            string path = Path.Combine(folder, shard);
            if (!File.Exists(path))
                throw new InvalidModelException($"{path}: this shard is missing; {IndexName} names it for {names.Count} tensors.");
            Add(path, names);
        }
    }

    /// <summary>Adds the tensors of a file: all, or those that the index says it has.</summary>
    private void Add(string path, HashSet<string>? names)
    {
        var file = SafetensorsFile.Open(path);
        files.Add(file);
        foreach (string name in names ?? [.. file.Tensors.Keys])
        {
            if (!file.TryGet(name, out var tensor))
                throw new InvalidModelException($"{path}: has not the tensor {name}, which {IndexName} says it has.");
            tensors.Add(name, tensor);
        }
    }
}
