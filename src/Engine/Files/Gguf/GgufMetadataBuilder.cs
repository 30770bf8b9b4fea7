using System.Collections;

namespace Hearth.Engine.Files.Gguf;

/// <summary>Makes <see cref="GgufMetadata"/> in code: for a file to be written, for changed keys, for tests.</summary>
/// <example>
/// <code>
/// var metadata = new GgufMetadataBuilder("tiny") { ["general.architecture"] = "llama", ["llama.block_count"] = 2u }.Build();
/// </code>
/// </example>
public sealed class GgufMetadataBuilder : IEnumerable<KeyValuePair<string, GgufValue>>
{
    private readonly string name;
    private readonly OrderedDictionary<string, GgufValue> values;

    /// <summary>Starts without keys.</summary>
    /// <param name="name">What messages call the source of the keys.</param>
    public GgufMetadataBuilder(string name)
    {
        this.name = name;
        values = [];
    }

    /// <summary>Starts from the keys of <paramref name="metadata"/>, in their order.</summary>
    public GgufMetadataBuilder(GgufMetadata metadata)
    {
        name = metadata.Name;
        values = new OrderedDictionary<string, GgufValue>(metadata);
    }

    /// <summary>A key's value. Setting replaces the value in its place, or adds the key at the end.</summary>
    /// <exception cref="KeyNotFoundException">On reading: the key is missing.</exception>
    public GgufValue this[string key]
    {
        get => values[key];
        set
        {
            CheckKey(key);
            values[key] = value;
        }
    }

    /// <summary>Adds a key at the end.</summary>
    /// <exception cref="ArgumentException">The key is empty or present.</exception>
    public void Add(string key, GgufValue value)
    {
        CheckKey(key);
        values.Add(key, value);
    }

    /// <summary>Removes a key; false where it was missing.</summary>
    public bool Remove(string key) => values.Remove(key);

    /// <summary>The keys so far. The builder can be used further; what was built does not change.</summary>
    public GgufMetadata Build() => new(name, new OrderedDictionary<string, GgufValue>(values));

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, GgufValue>> GetEnumerator() => values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static void CheckKey(string key) => ArgumentException.ThrowIfNullOrEmpty(key);
}
