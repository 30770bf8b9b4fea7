using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Laguna (poolside 2026): norms of query and key heads, a gate above 0 of what heads give, one each or one for each value; windowed layers
/// that rotate plainly while the others have YaRN and other heads; and after the first layers experts with a bias that chooses, beside one of
/// all tokens.
/// </summary>
public sealed class Laguna : IArchitecture
{
    private Laguna()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["laguna"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        int length = attention[0].KeyLength;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, length);
        var windowedRotary = RotaryScaling.Plain(
            RotaryStyle.Halves,
            parameters.Positive("rope.freq_base_swa", (float)RotaryScaling.Base(loader)),
            parameters.Int("rope.dimension_count_swa", RotaryScaling.RotaryLength(loader, length), 2, length));
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4, globalFirst: true);
        int dense = parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int sharedInner = parameters.Int("expert_shared_feed_forward_length");
        var score = ExpertRouter.ReadScore(loader, RouterScore.Sigmoid);
        bool normalise = parameters.Flag("expert_weights_norm", false);
        float scale = parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary, windowedRotary],
            (i, name) =>
            {
                var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
                return SelfAttention.Load(
                    loader,
                    i,
                    attention[i],
                    settings,
                    GatedHeadsProjection.Load(loader, name, attention[i], Activation.Softplus),
                    QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon),
                    window.Has(i) ? windowedRotary : rotary);
            },
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, score, normalise, scale));
    }
}
