using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Grok 1 and 2 (xAI 2024): norms on both sides of each branch, caps on attention, router and logits, factors on embeddings and logits, and
/// experts, in the second beside a feed-forward of all tokens.
/// </summary>
public sealed class Grok : IArchitecture
{
    private Grok()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["grok"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        var yarn = new YarnSettings(
            parameters.Positive("rope.scaling.yarn_beta_fast", 8), parameters.Positive("rope.scaling.yarn_beta_slow", 1), LogMultiplier: 0);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength, yarn);

        // What files older than these keys leave out is Grok 1's.
        float attentionScale = parameters.Float("attention.output_scale", 0.08838834764831845f);
        float attentionCap = parameters.Float("attn_logit_softcapping", 30);
        float routerCap = parameters.Float("router_logit_softcapping", 30);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attentionScale, SoftCap: attentionCap);
            string lastNorm = loader.Has(name + "layer_output_norm.weight") ? "layer_output_norm" : "post_ffw_norm";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], settings, rotary),
                    loader.RmsNorm(name + "attn_output_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    Experts(name, inner[i]),
                    loader.RmsNorm(name + lastNorm, shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), parameters.Float("embedding_scale", 78.38367176906169f)),
            [rotary],
            layers,
            new OutputHead(
                loader.RmsNorm("output_norm", shape.Width, epsilon),
                loader.OutputMatrix(shape),
                parameters.Float("logit_scale", 0.5773502691896257f),
                parameters.Float("final_logit_softcapping", 0)));

        ISublayer Experts(string name, int denseInner)
        {
            int expertInner = parameters.Int("expert_feed_forward_length", denseInner, 1, 1 << 20);
            var router = ExpertRouter.Load(
                loader, name, shape.Width, RouterScore.Softmax, normalise: true, parameters.Factor("expert_weights_scale", 1));
            var mixture = new CappedMixture(
                MixtureOfExperts.Load(loader, name, shape.Width, expertInner, new GatedUnit(Activation.Gelu), router), routerCap);
            return loader.Has(name + "ffn_up.weight")
                ? new ScaledSum(mixture, GatedFeedForward.Load(loader, name, shape.Width, denseInner, Activation.Gelu), MathF.Sqrt(0.5f))
                : mixture;
        }
    }
}
