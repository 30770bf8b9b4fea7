namespace Hearth.Engine.Models.Layers;

/// <summary>Layer norms of queries and keys, each over all heads together.</summary>
/// <param name="Query">[heads x key length].</param>
/// <param name="Key">[KV heads x key length].</param>
public sealed record WholeLayerNorms(LayerNorm Query, LayerNorm Key) : IQkvStep
{
    /// <summary>Loads <c>attn_q_norm</c> and <c>attn_k_norm</c> of a layer.</summary>
    public static WholeLayerNorms Load(ModelLoader loader, string layer, in AttentionShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new WholeLayerNorms(
            loader.LayerNorm(layer + "attn_q_norm", shape.Heads * shape.KeyLength, epsilon),
            loader.LayerNorm(layer + "attn_k_norm", shape.KvHeads * shape.KeyLength, epsilon));
    }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Cpu.LayerNorm(qkv.Queries, Query.Weight, Query.Bias, Query.Epsilon, qkv.Queries);
        pass.Cpu.LayerNorm(qkv.Keys, Key.Weight, Key.Bias, Key.Epsilon, qkv.Keys);
    }
}
