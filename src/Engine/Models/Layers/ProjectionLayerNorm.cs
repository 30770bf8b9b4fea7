namespace Hearth.Engine.Models.Layers;

/// <summary>Layer norms of queries and keys, each over its whole projection.</summary>
/// <param name="Query">Norm of [heads x key length].</param>
/// <param name="Key">Norm of [KV heads x key length].</param>
public sealed record ProjectionLayerNorm(LayerNorm Query, LayerNorm Key) : IQkvStep
{
    /// <summary>Loads <c>attn_q_norm</c> and <c>attn_k_norm</c> of a layer, with their biases where the file has them.</summary>
    public static ProjectionLayerNorm Load(ModelLoader loader, int layer, in AttentionShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new ProjectionLayerNorm(
            loader.LayerNorm($"blk.{layer}.attn_q_norm", shape.Heads * shape.KeyLength, epsilon),
            loader.LayerNorm($"blk.{layer}.attn_k_norm", shape.KvHeads * shape.KeyLength, epsilon));
    }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Cpu.LayerNorm(qkv.Queries, Query.Weight, Query.Bias, Query.Epsilon, qkv.Queries);
        pass.Cpu.LayerNorm(qkv.Keys, Key.Weight, Key.Bias, Key.Epsilon, qkv.Keys);
    }
}
