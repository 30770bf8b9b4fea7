using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Command with experts (Cohere 2026): Command R7B's parallel branches; the first layers are dense and rotate, later ones rotate where they have a
/// window, and half of the sum of the routed experts and one of all tokens is what the others add.
/// </summary>
public sealed class Cohere2Moe : IArchitecture
{
    private Cohere2Moe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["cohere2moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4, globalFirst: true);
        int dense = parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int expertInner = parameters.ExpertLength;
        int shared = parameters.Int("expert_shared_count", 0, 0, 1 << 10);
        int sharedInner = parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20) is int length and > 0
            ? length
            : checked(shared * expertInner);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
            return new ParallelLayer(
                Norm(name + "attn_norm"),
                SelfAttention.Load(loader, i, attention[i], settings, window.Has(i) || i < dense ? [rotary] : []),
                null,
                i < dense ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu) : Experts(name));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(Norm("output_norm"), loader.OutputMatrix(shape), Scale: parameters.Factor("logit_scale", 1)));

        INorm Norm(string name) => parameters.Has("attention.layer_norm_rms_epsilon")
            ? loader.RmsNorm(name, shape.Width, parameters.RmsEpsilon)
            : loader.LayerNorm(name, shape.Width, parameters.LayerNormEpsilon);

        ISublayer Experts(string name)
        {
            var router = ExpertRouter.Load(
                loader,
                name,
                shape.Width,
                ExpertRouter.ReadScore(loader, RouterScore.Sigmoid),
                parameters.Flag("expert_weights_norm", false),
                parameters.Factor("expert_weights_scale", 1));
            var mixture = MixtureOfExperts.Load(loader, name, shape.Width, expertInner, new GatedUnit(Activation.Silu), router);
            return sharedInner == 0
                ? mixture
                : new ScaledSum(mixture, GatedFeedForward.Load(loader, name, shape.Width, sharedInner, Activation.Silu, "_shexp"), 0.5f);
        }
    }
}
