namespace Hearth.Engine.Models.Layers;

/// <summary>Sizes of multi-head latent attention (DeepSeek-V2 2024, section 2.1).</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="Rank">Values of the latent vector that keys and values are made of.</param>
/// <param name="Content">Values of a query or key head that do not turn; they come first.</param>
/// <param name="Rotary">Values of a query or key head that turn; all heads share those of the key.</param>
/// <param name="Value">Values of a value head.</param>
public readonly record struct LatentShape(int Heads, int Rank, int Content, int Rotary, int Value)
{
    private const int MaxHeadLength = 1024;
    private const int MaxRank = 1 << 16;

    /// <summary>Values of a query or key head.</summary>
    public int Key => Content + Rotary;

    /// <summary>Attention to the latent vectors themselves: one KV head, whose values are the first part of its keys.</summary>
    public AttentionShape Absorbed(int width) => new(width, Heads, 1, Rank + Rotary, Rank);

    /// <summary>Attention to the keys and values that the latent vectors stand for.</summary>
    public AttentionShape Expanded(int width) => new(width, Heads, Heads, Key, Value);

    /// <summary>
    /// Reads the sizes that a file gives. Files made for the absorbed form keep the heads' own lengths under other keys, since theirs are those
    /// of the latent head.
    /// </summary>
    /// <param name="loader">The model.</param>
    /// <param name="layers">Its layers.</param>
    /// <exception cref="InvalidModelException">A size is missing or out of range.</exception>
    internal static LatentShape Read(ModelLoader loader, int layers)
    {
        var parameters = loader.Parameters;
        int heads = parameters.IntPerLayer("attention.head_count", layers, 1, MaxHeadLength)[0];
        int rank = parameters.Int("attention.kv_lora_rank", 1, MaxRank);
        int rotary = parameters.Int("rope.dimension_count", 2, MaxHeadLength);
        string ending = IsForAbsorbed(loader) ? "_mla" : "";
        int key = parameters.Int("attention.key_length" + ending, rotary + 1, MaxHeadLength);
        int value = parameters.Int("attention.value_length" + ending, 1, MaxHeadLength);
        return new LatentShape(heads, rank, key - rotary, rotary, value);
    }

    /// <summary>Whether a file was made for the absorbed form.</summary>
    internal static bool IsForAbsorbed(ModelLoader loader) => loader.Parameters.Has("attention.key_length_mla");
}
