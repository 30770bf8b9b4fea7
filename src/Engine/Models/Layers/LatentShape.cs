namespace Hearth.Engine.Models.Layers;

/// <summary>Sizes of multi-head latent attention (DeepSeek-V2 2024, section 2.1).</summary>
/// <param name="Heads">Query heads.</param>
/// <param name="Rank">Values of the latent vector that keys and values are made of.</param>
/// <param name="Content">Values of a query or key head that do not turn; they come first.</param>
/// <param name="Rotary">Values of a query or key head that turn; all heads share those of the key.</param>
/// <param name="Value">Values of a value head.</param>
public readonly record struct LatentShape(int Heads, int Rank, int Content, int Rotary, int Value)
{
    /// <summary>Values of a query or key head.</summary>
    public int Key => Content + Rotary;

    /// <summary>Attention to the latent vectors themselves: one KV head, whose values are the first part of its keys.</summary>
    public AttentionShape Absorbed(int width) => new(width, Heads, 1, Rank + Rotary, Rank);

    /// <summary>Attention to the keys and values that the latent vectors stand for.</summary>
    public AttentionShape Expanded(int width) => new(width, Heads, Heads, Key, Value);
}
