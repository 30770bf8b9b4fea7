using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Root-mean-square norms of queries and keys (Henry et al. 2020), head by head or over the whole projection.</summary>
/// <param name="Query">Weight as long as a head, as all heads, or null for none.</param>
/// <param name="Key">Likewise.</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
/// <param name="PerHead">Whether each head is normalised by itself.</param>
public sealed record QueryKeyNorm(FloatVector? Query, FloatVector? Key, float Epsilon, bool PerHead) : IQkvStep
{
    /// <summary>Loads <c>attn_q_norm</c> and <c>attn_k_norm</c> of a layer, each as long as one head.</summary>
    public static QueryKeyNorm LoadPerHead(ModelLoader loader, int layer, in AttentionShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new QueryKeyNorm(
            loader.Vector($"blk.{layer}.attn_q_norm.weight", shape.KeyLength),
            loader.Vector($"blk.{layer}.attn_k_norm.weight", shape.KeyLength),
            epsilon,
            PerHead: true);
    }

    /// <summary>Loads <c>attn_q_norm</c> and <c>attn_k_norm</c> of a layer, each as long as its whole projection.</summary>
    public static QueryKeyNorm LoadWhole(ModelLoader loader, int layer, in AttentionShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new QueryKeyNorm(
            loader.Vector($"blk.{layer}.attn_q_norm.weight", shape.Heads * shape.KeyLength),
            loader.Vector($"blk.{layer}.attn_k_norm.weight", shape.KvHeads * shape.KeyLength),
            epsilon,
            PerHead: false);
    }

    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        int width = PerHead ? shape.KeyLength : 0;
        pass.Cpu.RmsNorm(qkv.Queries, Query, Epsilon, qkv.Queries, width);
        pass.Cpu.RmsNorm(qkv.Keys, Key, Epsilon, qkv.Keys, width);
    }
}
