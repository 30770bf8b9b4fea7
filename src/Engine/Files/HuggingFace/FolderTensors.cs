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

    /// <summary>Rows and columns that share a scale, where the configuration says.</summary>
    public (int Rows, int Columns)? ScaleBlock { get; set; }

    /// <summary>Finds a tensor, with the scales that belong to it, and notes that it was asked for.</summary>
    /// <exception cref="InvalidModelException">It is of a type that models are not computed with.</exception>
    public bool TryGet(string name, [NotNullWhen(true)] out FolderMatrix? matrix)
    {
        matrix = null;
        if (Find(name) is { } tensor)
            matrix = EightBitMatrix.Has(tensor.TypeName) ? Scaled(tensor) : new PlainMatrix(tensor);
        else if (BaseOf(name) is { } stem && Find(stem + "_blocks") is { } blocks)
            matrix = new MxFp4Matrix(blocks, Find(stem + "_scales") ?? throw FolderMatrix.Misfit(blocks, "has no scales beside it"));
        return matrix is not null;
    }

    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string name) => tensors.ContainsKey(name);

    /// <summary>Finds a tensor whose name ends so; null where there is none.</summary>
    public string? FirstEndingIn(string ending) => tensors.Keys.FirstOrDefault(name => name.EndsWith(ending, StringComparison.Ordinal));

    public void Dispose()
    {
        foreach (var file in files)
            file.Dispose();
    }

    private EightBitMatrix Scaled(SafetensorsTensor tensor)
    {
        var scale = Find(tensor.Name + "_scale_inv") ?? Find(tensor.Name + "_scale");
        if (scale is null && tensor.TypeName == "I8")
            throw FolderMatrix.Misfit(tensor, "is of the type I8 and has no scale beside it");
        return new EightBitMatrix(tensor, scale, ScaleBlock);
    }

    private SafetensorsTensor? Find(string name)
    {
        if (!tensors.TryGetValue(name, out var tensor))
            return null;
        used.Add(name);
        return tensor;
    }

    private static string? BaseOf(string name)
        => name.EndsWith(".weight", StringComparison.Ordinal) ? name[..^".weight".Length] : null;

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
