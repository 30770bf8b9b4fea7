using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// ERNIE 4.5 with experts (Baidu 2025): the first layers are dense, then every n-th has experts chosen with a bias that does not weigh
/// them, and an expert of all tokens.
/// </summary>
public sealed class Ernie45Moe : IArchitecture
{
    private Ernie45Moe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["ernie4_5-moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        int expertInner = loader.Parameters.Int("expert_feed_forward_length");
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20);
        int dense = loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int step = loader.Parameters.Int("interleave_moe_layer_step", 1, 1, 1 << 16);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => FeedForwardOf(name, i));

        ISublayer FeedForwardOf(string name, int layer)
        {
            if (layer < dense || (layer + 1) % step != 0)
                return GatedFeedForward.Load(loader, name, shape.Width, inner[layer], Activation.Silu);
            var experts = MixtureOfExperts.Load(
                loader, name, shape.Width, expertInner, Activation.Silu, RouterScore.Softmax, normalise: true);
            return sharedInner == 0
                ? experts
                : new SharedExpert(experts, GatedFeedForward.Load(loader, name, shape.Width, sharedInner, Activation.Silu, "_shexp"), null);
        }
    }
}
