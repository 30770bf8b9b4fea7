using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Layer norms of queries and keys head by head, each head with its own weights.</summary>
/// <param name="Query">[heads, key length].</param>
/// <param name="Key">[KV heads, key length].</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record QueryKeyLayerNorm(FloatVector Query, FloatVector Key, float Epsilon) : IQkvStep
{
    /// <summary>Loads <c>attn_q_norm</c> and <c>attn_k_norm</c> of a layer.</summary>
    public static QueryKeyLayerNorm Load(ModelLoader loader, int layer, in AttentionShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new QueryKeyLayerNorm(
            loader.Vector($"blk.{layer}.attn_q_norm.weight", shape.Heads * shape.KeyLength),
            loader.Vector($"blk.{layer}.attn_k_norm.weight", shape.KvHeads * shape.KeyLength),
            epsilon);
    }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Cpu.LayerNorm(qkv.Queries, Query, null, Epsilon, qkv.Queries, shape.KeyLength);
        pass.Cpu.LayerNorm(qkv.Keys, Key, null, Epsilon, qkv.Keys, shape.KeyLength);
    }
}
