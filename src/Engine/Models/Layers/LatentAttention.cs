using Hearth.Kernels.Attention;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Loads multi-head latent attention (DeepSeek-V2 2024, section 2.1): with keys and values made for every head, or absorbed into queries and
/// outputs, whichever of the two a file has matrices for.
/// </summary>
internal static class LatentAttention
{
    private const int MaxQueryRank = 1 << 16;

    /// <summary>Loads the attention of a layer.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">Its number.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="shape">Sizes of the heads.</param>
    /// <param name="settings">Scale of the scores.</param>
    /// <param name="steps">What happens to queries and keys once they are made.</param>
    /// <param name="epsilon">What norms add to the mean of squares.</param>
    /// <exception cref="InvalidModelException">A tensor is missing or has another shape.</exception>
    public static SelfAttention Load(
        ModelLoader loader,
        int layer,
        int width,
        LatentShape shape,
        AttentionSettings settings,
        IReadOnlyList<IQkvStep> steps,
        float epsilon)
    {
        string name = $"blk.{layer}.";
        int queryRank = loader.Parameters.Int("attention.q_lora_rank", 0, 0, MaxQueryRank);
        IRowMap query = queryRank == 0
            ? loader.Linear(name + "attn_q", shape.Heads * shape.Key, width)
            : new LowRankLinear(
                loader.Linear(name + "attn_q_a", queryRank, width),
                loader.RmsNorm(name + "attn_q_a_norm", queryRank, epsilon),
                loader.Linear(name + "attn_q_b", shape.Heads * shape.Key, queryRank));
        var latent = loader.Linear(name + "attn_kv_a_mqa", shape.Rank + shape.Rotary, width);
        var norm = loader.RmsNorm(name + "attn_kv_a_norm", shape.Rank, epsilon);
        var output = loader.Linear(name + "attn_output", width, shape.Heads * shape.Value);
        if (!IsAbsorbed(loader, name))
        {
            var expand = loader.Linear(name + "attn_kv_b", shape.Heads * (shape.Content + shape.Value), shape.Rank);
            var expanded = new ExpandedLatentProjection(query, latent, norm, expand, shape);
            return new SelfAttention(layer, shape.Expanded(width), settings, expanded, steps, null, output);
        }

        var keys = new PerHeadLinear(loader.Matrices(name + "attn_k_b.weight", shape.Heads, shape.Rank, shape.Content));
        var values = new PerHeadLinear(loader.Matrices(name + "attn_v_b.weight", shape.Heads, shape.Value, shape.Rank));
        var absorbed = new AbsorbedLatentProjection(query, latent, norm, keys, shape);
        return new SelfAttention(layer, shape.Absorbed(width), settings, absorbed, steps, values, output);
    }

    /// <summary>Some converters write the matrices of both forms. Then the keys tell which of them the sizes are meant for.</summary>
    private static bool IsAbsorbed(ModelLoader loader, string layer)
    {
        foreach (string spare in (string[])["attn_kv_b.weight", "attn_k_b.weight", "attn_v_b.weight"])
            loader.LeaveUnread(layer + spare);
        return loader.Has(layer + "attn_k_b.weight")
            && (!loader.Has(layer + "attn_kv_b.weight") || LatentShape.IsForAbsorbed(loader));
    }
}
