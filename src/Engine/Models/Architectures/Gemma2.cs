using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Gemma 2 (Riviere et al. 2024): Gemma with norms after attention and feed-forward too, capped scores and logits, and a window on
/// every other layer.
/// </summary>
public sealed class Gemma2 : IArchitecture
{
    private Gemma2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gemma2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadWindowed(loader, RotaryStyle.Halves, attention[0].KeyLength, rotary);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 2, defaultSize: 4096);
        float scoreCap = loader.Parameters.Float("attn_logit_softcapping", 50);
        float logitCap = loader.Parameters.Float("final_logit_softcapping", 30);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], Settings(i), window.Has(i) ? windowedRotary : rotary),
                    loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu), loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(shape.Width)),
            [rotary, windowedRotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape), SoftCap: logitCap));

        AttentionSettings Settings(int layer)
        {
            // The 27B form divides by the root of width / heads, the others by that of the key length.
            float scale = shape.Layers == 46
                ? 1 / MathF.Sqrt((float)shape.Width / attention[layer].Heads)
                : attention[layer].DefaultScale;
            return new AttentionSettings(attention[layer].Heads, scale, Window: window.Of(layer), SoftCap: scoreCap);
        }
    }
}
