using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// K-EXAONE (LG 2025): norms of query and key heads, rotation on the windowed layers alone, and after the first layers experts with a bias that
/// chooses, beside one of all tokens.
/// </summary>
public sealed class ExaoneMoe : IArchitecture
{
    private ExaoneMoe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["exaone-moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4, defaultSize: 128);
        int dense = loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", loader.Parameters.ExpertLength, 1, 1 << 20);
        var score = ExpertRouter.ReadScore(loader);
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) =>
            {
                var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
                var norm = QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon);
                return SelfAttention.Load(loader, i, attention[i], settings, window.Has(i) ? [norm, rotary] : [norm]);
            },
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, score, normalise, scale));
    }
}
