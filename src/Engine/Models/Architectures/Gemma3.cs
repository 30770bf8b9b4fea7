using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Gemma 3 (Kamath et al. 2025): Gemma 2 without caps, with norms of query and key heads, five windowed layers to a global one, and a rotary
/// base of its own for the windowed ones.
/// </summary>
public sealed class Gemma3 : IArchitecture
{
    private Gemma3()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gemma3"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var globalRotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 6);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(
                        loader,
                        i,
                        attention[i],
                        Settings(i),
                        QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon),
                        window.Has(i) ? windowedRotary : globalRotary), loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu), loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(shape.Width)),
            [globalRotary, windowedRotary],
            layers,
            new OutputHead(
                loader.RmsNorm("output_norm", shape.Width, epsilon),
                loader.OutputMatrix(shape),
                SoftCap: loader.Parameters.Float("final_logit_softcapping", 0)));

        AttentionSettings Settings(int layer)
        {
            // The 27B form divides by the root of width / heads, the others by that of the key length.
            float scale = shape.Layers == 62
                ? 1 / MathF.Sqrt((float)shape.Width / attention[layer].Heads)
                : attention[layer].DefaultScale;
            return new AttentionSettings(attention[layer].Heads, scale, Window: window.Of(layer));
        }
    }
}
