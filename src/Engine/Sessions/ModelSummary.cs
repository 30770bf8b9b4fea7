using Hearth.Engine.Files.Gguf;
using Hearth.Engine.Models;
using Hearth.Engine.Sparsity;
using Hearth.Kernels;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Formats;
using Hearth.Kernels.Matmul;
using Hearth.Kernels.Recurrence;

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
            LoadedBytes += BytesInMemory(tensor);
            if (!IsTable(tensor) || tensor.IsDerived)
                ResidentBytes += BytesInMemory(tensor);
            if (IsExpert(tensor) && !tensor.IsDerived)
                ExpertBytes += BytesInMemory(tensor);
            if (TurnedModel.IsTurned(tensor.Name) && tensor.Type != WeightType.F32)
                TurnedBytes += Math.Max(0, (tensor.ElementCount * sizeof(ushort)) - BytesInMemory(tensor));
            if (tensor.IsDerived)
                LargestDerivedBytes = Math.Max(LargestDerivedBytes, tensor.ByteLength);
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
        int interval = parameters.Int("full_attention_interval", 1, 1, 1 << 16);
        for (int layer = 0; layer < kvHeads.Length; layer++)
        {
            if ((layer + 1) % interval != 0)
                kvHeads[layer] = 0;
        }

        StateBytes = checked(kvHeads.Count(count => count == 0) * StateFloats(parameters) * sizeof(float));
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

    /// <summary>Bytes of all tensors in the file.</summary>
    public long WeightBytes { get; }

    /// <summary>Bytes of the loaded weights: those of the file, and more for matrices of types that kernels read expanded.</summary>
    public long LoadedBytes { get; }

    /// <summary>Of the loaded weights, those that must be in memory: without a table that is mapped.</summary>
    public long ResidentBytes { get; }

    /// <summary>Of these, the experts that can be read from the file one by one.</summary>
    public long ExpertBytes { get; }

    /// <summary>Bytes that matrices which lie input by input take more where they are read whole, turned around and of halves.</summary>
    public long TurnedBytes { get; }

    /// <summary>Bytes of the largest tensor that is made of others, all at once, before it is packed; 0 in a GGUF file.</summary>
    public long LargestDerivedBytes { get; internal set; }

    /// <summary>What kernels make of <see cref="MainType"/>; null without tensors, or for a type that is not multiplied.</summary>
    public PanelKernel? MainKernel => MainType is { } type && KernelSet.Supported[0].TryGetPanel(type, out var kernel) ? kernel : null;

    /// <summary>
    /// Bytes of weights that the generation of one token reads: all matrices, of experts those that are chosen, of the embedding only
    /// a row unless it is the output matrix too.
    /// </summary>
    public long WeightBytesPerToken { get; }

    /// <summary>Bytes of the states that recurrent layers keep of a sequence, however long it is; 0 in a model without.</summary>
    public long StateBytes { get; }

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

    /// <summary>Floats of one recurrent layer's state: tails of convolutions, and a number or a matrix for each channel or head.</summary>
    private long StateFloats(HyperParameters parameters)
    {
        int headLength = parameters.Int("wkv.head_size", 0, 0, 1 << 16);
        if (headLength > 0)
            return (2L * LayerState.Pad(Width)) + (Width / headLength * (long)headLength * LayerState.Pad(headLength));
        if (parameters.Has("shortconv.l_cache"))
            return (parameters.Int("shortconv.l_cache", 1, 1 << 16) - 1L) * LayerState.Pad(Width);
        int inner = parameters.Int("ssm.inner_size", 0, 0, 1 << 20);
        int length = parameters.Int("ssm.state_size", 0, 0, 1 << 12);
        int groups = parameters.Int("ssm.group_count", 0, 0, 1 << 16);
        long tail = Math.Max(0, parameters.Int("ssm.conv_kernel", 0, 0, 1 << 16) - 1L);
        if (groups == 0)
            return (tail + length) * LayerState.Pad(inner);
        int heads = parameters.Int("ssm.time_step_rank", 1, 1, 1 << 20);
        return (tail * LayerState.Pad(checked(inner + (2 * groups * length)))) + (heads * (long)length * LayerState.Pad(inner / heads));
    }

    // A table of which single rows are looked up stays as it is in the file.
    private bool IsTable(GgufTensor tensor) => tensor.Name == EmbeddingName && file.TryGetTensor(OutputName, out _);

    // Whoever asks PowerInfer's predictors counts them as part of their block.
    private static bool IsPredictor(GgufTensor tensor)
        => tensor.Name.EndsWith(".fc1.weight", StringComparison.Ordinal) || tensor.Name.EndsWith(".fc2.weight", StringComparison.Ordinal);

    private static bool IsExpert(GgufTensor tensor) => tensor.Name.EndsWith(ExpertTensorEnding, StringComparison.Ordinal);

    private long BytesInMemory(GgufTensor tensor)
        => tensor.Dimensions.Length > 1 && !IsTable(tensor) && KernelSet.Supported[0].TryGetPanel(tensor.Type, out var kernel)
            ? (long)(tensor.ElementCount * kernel.BitsPerWeight / 8)
            : tensor.ByteLength;

    private long BytesPerToken(GgufTensor tensor, HyperParameters parameters)
    {
        if (IsTable(tensor) || IsPredictor(tensor))
            return 0;
        long bytes = BytesInMemory(tensor);
        if (!IsExpert(tensor))
            return bytes;
        int count = parameters.Int("expert_count", 0, 0, 1 << 16);
        int used = parameters.Int("expert_used_count", 0, 0, 1 << 16);
        return count > 0 ? bytes / count * Math.Min(used, count) : bytes;
    }
}
