using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// EuroBERT (Boizard et al. 2025), NeoBERT (Le Breton et al. 2025) and Llama-Embed-Nemotron (NVIDIA 2025): Llama with attention to both sides.
/// </summary>
public sealed class EuroBert : IArchitecture
{
    private EuroBert()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["eurobert", "neo-bert", "llama-embed"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var style = loader.Architecture == "eurobert" ? RotaryStyle.Halves : RotaryStyle.Pairs;
        var rotary = RotaryScaling.Load(loader, style, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Causal: false);
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], settings, rotary)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    loader.Has(name + "ffn_gate.weight")
                        ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                        : FusedGatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
        });
        string last = loader.Has("enc.output_norm.weight") ? "enc.output_norm" : "output_norm";
        return new Encoder(loader, shape, loader.TokenEmbedding(shape), [rotary], layers, loader.RmsNorm(last, shape.Width, epsilon));
    }
}
