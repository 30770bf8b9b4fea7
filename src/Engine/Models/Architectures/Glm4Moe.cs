using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// GLM-4.5, 4.6 and 4.5-Air (Zhipu 2025): rotary halves on a part of each head, norms of query and key heads in the larger models, and
/// after the first layers experts chosen by sigmoid scores with a bias, beside one of all tokens.
/// </summary>
public sealed class Glm4Moe : IArchitecture
{
    private Glm4Moe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["glm4moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        int dense = loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int sharedInner = checked(loader.Parameters.ExpertLength * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        var score = ExpertRouter.ReadScore(loader, RouterScore.Sigmoid);
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, name) =>
            {
                IReadOnlyList<IQkvStep> steps = loader.Has(name + "attn_q_norm.weight")
                    ? [QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon), rotary]
                    : [rotary];
                return SelfAttention.Load(loader, i, attention[i], null, steps);
            },
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, score, normalise, scale),
            feedForwardNorm: "post_attention_norm");
    }
}
