using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nomic Embed 1 and 1.5 (Nussbaum et al. 2024): BERT with rotary halves in place of learned positions, fused queries, keys and values,
/// SwiGLU, and no biases in its matrices.
/// </summary>
public sealed class NomicBert : IArchitecture
{
    private NomicBert()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["nomic-bert"];

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
                GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu),
                loader.LayerNorm(name + "layer_output_norm", shape.Width, epsilon));
        });
        return new Encoder(loader, shape, embedding, [rotary], layers);
    }
}
