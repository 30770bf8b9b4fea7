using Hearth.Engine.Files.Gguf;

namespace Hearth.Engine.Quantization;

/// <summary>What the rules of file kinds ask of a model.</summary>
/// <param name="Architecture">Its family.</param>
/// <param name="Layers">Layers.</param>
/// <param name="Heads">Query heads of the first layer.</param>
/// <param name="KvHeads">Key and value heads of the first layer.</param>
/// <param name="Experts">Experts; 0 in a dense model.</param>
public sealed record ModelTraits(string Architecture, int Layers, int Heads, int KvHeads, int Experts)
{
    /// <summary>Query heads that share a key and value head.</summary>
    public int HeadsPerKvHead => KvHeads == 0 ? 0 : Heads / KvHeads;

    /// <summary>Whether this has the shape of Llama 2 70B, whose value matrices are small beside all else.</summary>
    public bool IsSeventyBillion => Architecture is "llama" or "qwen2" && Layers == 80 && Heads != KvHeads;

    /// <summary>Reads the traits from a file's keys; what is missing is zero, because rules then have nothing to say.</summary>
    /// <exception cref="InvalidModelException">The architecture is missing, or a key is no integer.</exception>
    public static ModelTraits Read(GgufMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        string architecture = metadata.GetString("general.architecture");
        int heads = First(architecture + ".attention.head_count", 0);
        return new ModelTraits(
            architecture,
            First(architecture + ".block_count", 0),
            heads,
            First(architecture + ".attention.head_count_kv", heads),
            First(architecture + ".expert_count", 0));

        int First(string key, int fallback)
            => metadata.TryGetValue(key, out var value) && value.IsArray
                ? metadata.GetInt32Array(key) is [int first, ..] ? first : fallback
                : metadata.GetInt32(key, fallback);
    }
}
