using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nomic Embed 1 and 1.5 (Nussbaum et al. 2024): BERT with rotary halves in place of learned positions, fused queries, keys and values,
/// SwiGLU, and no biases in its matrices. Nomic Embed 2 (Nussbaum and Duderstadt 2025) and Jina Embeddings 3 (Sturua et al. 2024) keep BERT's
/// plain feed-forward and its biases; the former has experts in every other layer. The file's tensors tell which.
/// </summary>
public sealed class NomicBert : IArchitecture
{
    private NomicBert()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["jina-bert-v3", "nomic-bert", "nomic-bert-moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var tokens = ShiftedEmbedding.LoadTokenType(loader, loader.TokenEmbedding(shape), shape.Width);
        var embedding = new NormedEmbedding(tokens, loader.LayerNorm("token_embd_norm", shape.Width, epsilon));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Causal: false);
            return new PostNormLayer(
                SelfAttention.Load(loader, i, attention[i], settings, rotary),
                loader.LayerNorm(name + "attn_output_norm", shape.Width, epsilon),
                FeedForwardOf(name, inner[i]),
                loader.LayerNorm(name + "layer_output_norm", shape.Width, epsilon));
        });
        return new Encoder(loader, shape, embedding, [rotary], layers);

        ISublayer FeedForwardOf(string name, int neurons)
        {
            if (loader.Has(name + "ffn_gate_inp.weight"))
            {
                var router = ExpertRouter.Load(loader, name, shape.Width, RouterScore.Softmax, normalise: false);
                var experts = FeedForward.LoadExperts(loader, name, router.Experts, shape.Width, neurons, Activation.Gelu);
                return new MixtureOfExperts(router, experts, new WeightedOutputs());
            }

            return loader.Has(name + "ffn_gate.weight")
                ? GatedFeedForward.Load(loader, name, shape.Width, neurons, Activation.Silu)
                : FeedForward.Load(loader, name, shape.Width, neurons, Activation.Gelu);
        }
    }
}
