using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Ling 2.0 and Ring 2.0 (Ant Group 2025): norms of query and key heads, rotary halves on a part of each, and after the first layers
/// experts chosen with a bias among the best groups, beside one of all tokens.
/// </summary>
public sealed class BailingMoe2 : IArchitecture
{
    private BailingMoe2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bailingmoe2"];

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
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20);
        if (sharedInner == 0)
            sharedInner = loader.Parameters.ExpertLength;
        sharedInner = checked(sharedInner * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        var score = ExpertRouter.ReadScore(loader);
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon), rotary),
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, score, normalise, scale));
    }
}
