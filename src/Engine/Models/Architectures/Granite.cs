using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Granite 3 (IBM 2024): Llama with a factor on embeddings, on scores, on what each branch adds, and a divisor of the logits; with experts,
/// and an expert of all tokens, where the file has them; without rotation where the file of one without "moe" in its name says so. Granite 4
/// (IBM 2025) has Mamba-2 mixers in place of most attention: in the layers that the file gives no KV heads.
/// </summary>
public sealed class Granite : IArchitecture
{
    private Granite()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["granite", "granitehybrid", "granitemoe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        float embeddingScale = loader.Parameters.Factor("embedding_scale", 1);
        float residualScale = loader.Parameters.Factor("residual_scale", 1);
        float logitScale = loader.Parameters.Factor("logit_scale", 1);
        float scale = loader.Parameters.Factor("attention.scale", attention[0].DefaultScale);
        bool rotates = loader.Architecture == "granitemoe" || loader.Parameters.Flag("rope.scaling.finetuned", true);
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20);
        var recurrence = attention.Any(each => each.KvHeads == 0) ? StateSpaceShape.ReadHeads(loader, shape.Width) : default;
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    attention[i].KvHeads == 0
                        ? Mamba2Mixer.Load(loader, i, recurrence, epsilon)
                        : SelfAttention.Load(
                            loader, i, attention[i], new AttentionSettings(attention[i].Heads, scale), rotates ? [rotary] : []),
                    Scale: residualScale),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForwardOf(name, i),
                    Scale: residualScale));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), embeddingScale),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape), Scale: 1 / logitScale));

        ISublayer FeedForwardOf(string name, int layer)
        {
            if (!loader.Has(name + "ffn_gate_inp.weight"))
                return GatedFeedForward.Load(loader, name, shape.Width, inner[layer], Activation.Silu);
            var experts = MixtureOfExperts.Load(
                loader, name, shape.Width, inner[layer], Activation.Silu, RouterScore.Softmax, normalise: true);
            return sharedInner == 0
                ? experts
                : new SharedExpert(experts, GatedFeedForward.Load(loader, name, shape.Width, sharedInner, Activation.Silu, "_shexp"), null);
        }
    }
}
