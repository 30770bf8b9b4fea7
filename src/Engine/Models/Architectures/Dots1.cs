using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// dots.llm1 (rednote-hilab 2025): norms of query and key heads, and after the first layers experts with a bias that chooses, beside one of
/// all tokens.
/// </summary>
public sealed class Dots1 : IArchitecture
{
    private Dots1()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["dots1"];

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
