using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Formats;

namespace Hearth.Engine.Sessions;

/// <summary>What a model file says of itself, and what memory the model will need, without loading it.</summary>
public sealed class ModelSummary
{
    private const string ExpertTensorEnding = "_exps.weight";
    private const string EmbeddingName = "token_embd.weight";
    private const string OutputName = "output.weight";

    private readonly GgufFile file;
    private readonly int[] kvHeads;
    private readonly int keyLength;
    private readonly int valueLength;

    private ModelSummary(GgufFile file)
    {
        this.file = file;
        Architecture = file.Metadata.GetString("general.architecture", "unknown");
        Name = file.Metadata.GetString("general.name", "");
        foreach (var tensor in file.Tensors)
        {
            Parameters += tensor.ElementCount;
            WeightBytes += tensor.ByteLength;
        }

        MainType = file.Tensors
            .GroupBy(tensor => tensor.Type, (type, tensors) => (Type: type, Bytes: tensors.Sum(tensor => tensor.ByteLength)))
            .OrderByDescending(group => group.Bytes)
            .Select(group => (WeightType?)group.Type)
            .FirstOrDefault();

        var parameters = new HyperParameters(file.Metadata, Architecture);
        ContextLength = parameters.Int("context_length", 0, 0, int.MaxValue);
        Width = parameters.Int("embedding_length", 0, 0, 1 << 20);
        Layers = parameters.Int("block_count", 0, 0, 4096);
        int heads = parameters.IntPerLayer("attention.head_count", Layers, 0, 1 << 16, fallback: 0).FirstOrDefault();
        int headLength = heads > 0 ? Width / heads : 0;
        kvHeads = parameters.IntPerLayer("attention.head_count_kv", Layers, 0, 1 << 16, fallback: heads);
        keyLength = parameters.Int("attention.key_length", headLength, 0, 1 << 16);
        valueLength = parameters.Int("attention.value_length", headLength, 0, 1 << 16);
        WeightBytesPerToken = file.Tensors.Sum(tensor => BytesPerToken(tensor, parameters));
    }

    /// <summary>The family, as the file spells it.</summary>
    public string Architecture { get; }

    /// <summary>The model's name; empty if the file does not say.</summary>
    public string Name { get; }

    /// <summary>Whether Hearth runs the family.</summary>
    public bool IsSupported => ArchitectureCatalog.Names.Contains(Architecture);

    /// <summary>Numbers in all tensors.</summary>
    public long Parameters { get; }

    /// <summary>The type that most of the tensors' bytes have; null without tensors.</summary>
    public WeightType? MainType { get; }

    /// <summary>Positions that the model was trained for; 0 if the file does not say.</summary>
    public int ContextLength { get; }

    /// <summary>Floats of a token's state.</summary>
    public int Width { get; }

    /// <summary>Layers.</summary>
    public int Layers { get; }

    /// <summary>Bytes of all tensors, which is what the loaded weights take.</summary>
    public long WeightBytes { get; }

    /// <summary>
    /// Bytes of weights that the generation of one token reads: all matrices, of experts those that are chosen, of the embedding only
    /// a row unless it is the output matrix too.
    /// </summary>
    public long WeightBytesPerToken { get; }

    /// <summary>Reads the keys of an open file.</summary>
    /// <exception cref="InvalidModelException">A key is of the wrong type or makes no sense.</exception>
    public static ModelSummary Read(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new ModelSummary(file);
    }

    /// <summary>Bytes of keys and values of a sequence, in whole pages.</summary>
    /// <param name="positions">Positions of the sequence.</param>
    /// <param name="keys">Storage of keys.</param>
    /// <param name="values">Storage of values.</param>
    public long CacheBytes(int positions, KvType keys, KvType values)
    {
        var head = new KvHeadShape(keyLength, valueLength, keys, values);
        long pageBytes = kvHeads.Sum(heads => new KvLayerShape(heads, head).PageBytes);
        return checked(pageBytes * (((long)positions + KvHeadShape.PagePositions - 1) / KvHeadShape.PagePositions));
    }

    private long BytesPerToken(GgufTensor tensor, HyperParameters parameters)
    {
        if (tensor.Name == EmbeddingName && file.TryGetTensor(OutputName, out _))
            return 0;
        if (!tensor.Name.EndsWith(ExpertTensorEnding, StringComparison.Ordinal))
            return tensor.ByteLength;
        int count = parameters.Int("expert_count", 0, 0, 1 << 16);
        int used = parameters.Int("expert_used_count", 0, 0, 1 << 16);
        return count > 0 ? tensor.ByteLength / count * Math.Min(used, count) : tensor.ByteLength;
    }
}
