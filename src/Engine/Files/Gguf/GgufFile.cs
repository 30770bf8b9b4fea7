using System.Diagnostics.CodeAnalysis;
using Hearth.Engine.Tokenization.Vocabularies;

namespace Hearth.Engine.Files.Gguf;

/// <summary>
/// An open GGUF model file: its keys and where its tensors lie. Nothing of the tensors is read; their bytes are mapped and come
/// into memory when they are touched. A model that was split into several files is one.
/// </summary>
/// <remarks>Thread-safe, except that nobody may use the tensors' bytes any longer when it is disposed.</remarks>
public sealed class GgufFile : IDisposable
{
    private readonly IReadOnlyList<IDisposable> owned;
    private readonly Dictionary<string, GgufTensor> byName;

    private GgufFile(IReadOnlyList<MappedFile> maps, GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors)
        : this(maps[0].Name, maps.Sum(map => map.Length), maps, metadata, tensors)
    {
    }

    /// <summary>A model that was put together from other files, which it owns.</summary>
    internal GgufFile(
        string name, long byteLength, IReadOnlyList<IDisposable> owned, GgufMetadata metadata, IReadOnlyList<GgufTensor> tensors)
    {
        Name = name;
        ByteLength = byteLength;
        this.owned = owned;
        Metadata = metadata;
        Tensors = tensors;
        byName = tensors.ToDictionary(tensor => tensor.Name);
    }

    /// <summary>The path as it was given to <see cref="Open"/> (a split model's first part), or the memory's name.</summary>
    public string Name { get; }

    /// <summary>The keys; of a split model the first part's, without those that describe the split.</summary>
    public GgufMetadata Metadata { get; }

    /// <summary>The tensors in the order of the file, and of the parts.</summary>
    public IReadOnlyList<GgufTensor> Tensors { get; }

    /// <summary>Bytes of the file, of all parts together.</summary>
    public long ByteLength { get; }

    /// <summary>Reads the vocabulary that came with the model in a form of its own; null where the keys describe it.</summary>
    internal Func<Vocabulary>? Vocabulary { get; init; }

    /// <summary>Opens a file, or all parts of a split model when given any of them.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidModelException">
    /// The file cannot be read, is damaged, or is no GGUF file of version 2 or 3; or a part of a split model is missing.
    /// </exception>
    public static GgufFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var first = MappedFile.Open(path);
        try
        {
            var (metadata, tensors) = GgufReader.Read(first);
            if (!GgufSplit.IsPart(metadata, out var count))
                return new GgufFile([first], metadata, tensors);

            first.Dispose();
            var (maps, merged, all) = GgufSplit.Open(path, count);
            return new GgufFile(maps, merged, all);
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    /// <summary>Reads a file that lies in memory, without a copy.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="address">Its first byte. The memory stays readable and unchanged until the file is disposed.</param>
    /// <param name="length">Its bytes.</param>
    /// <exception cref="InvalidModelException">The bytes are no GGUF file of version 2 or 3, are damaged, or are part of a split model.</exception>
    public static GgufFile FromMemory(string name, nint address, long length) => Of(MappedFile.OfMemory(name, address, length));

    /// <summary>Reads a file that lies in memory, such as an embedded resource, without a copy.</summary>
    /// <param name="name">What messages call it.</param>
    /// <param name="stream">The memory, all of it; the stream is disposed with the file.</param>
    /// <exception cref="InvalidModelException">The bytes are no GGUF file of version 2 or 3, are damaged, or are part of a split model.</exception>
    public static GgufFile FromMemory(string name, UnmanagedMemoryStream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Of(MappedFile.OfMemory(name, stream));
    }

    /// <summary>Finds a tensor.</summary>
    public bool TryGetTensor(string name, [NotNullWhen(true)] out GgufTensor? tensor) => byName.TryGetValue(name, out tensor);

    /// <summary>The same file with other values of some keys. The two share one mapping: disposing either ends both.</summary>
    /// <param name="overrides">Values by key; a key that the file does not have is added.</param>
    public GgufFile Overriding(IReadOnlyDictionary<string, GgufValue> overrides)
    {
        ArgumentNullException.ThrowIfNull(overrides);
        if (overrides.Count == 0)
            return this;
        var metadata = new GgufMetadataBuilder(Metadata);
        foreach (var (key, value) in overrides)
            metadata[key] = value;
        return new GgufFile(Name, ByteLength, owned, metadata.Build(), Tensors) { Vocabulary = Vocabulary };
    }

    /// <summary>Unmaps the file. Every span and address of its tensors dies.</summary>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.DisposeDerived();
        foreach (var file in owned)
            file.Dispose();
    }

    private static GgufFile Of(MappedFile map)
    {
        try
        {
            var (metadata, tensors) = GgufReader.Read(map);
            if (GgufSplit.IsPart(metadata, out var count))
                throw new InvalidModelException($"{map.Name}: is one of {count} parts of a model, whose other parts are not in memory.");
            return new GgufFile([map], metadata, tensors);
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }
}
