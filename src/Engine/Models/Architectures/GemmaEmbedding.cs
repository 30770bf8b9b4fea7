using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// EmbeddingGemma (Schechter Vera et al. 2025): Gemma 3 whose tokens see both ways, the windowed ones half a window each, and two matrices
/// behind the last norm. They are linear, so it is all one whether they stand before or after the mean of a text's tokens.
/// </summary>
public sealed class GemmaEmbedding : IArchitecture
{
    private GemmaEmbedding()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gemma-embedding"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 6).OnBothSides();
        var globalRotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Causal: false, Window: window.Of(i));
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(
                        loader,
                        i,
                        attention[i],
                        settings,
                        QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon),
                        window.Has(i) ? windowedRotary : globalRotary),
                    loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu),
                    loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Encoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(shape.Width)),
            [globalRotary, windowedRotary],
            layers,
            [loader.RmsNorm("output_norm", shape.Width, epsilon), .. Projections(loader, shape.Width)]);
    }

    private static IEnumerable<Linear> Projections(ModelLoader loader, int width)
    {
        if (!loader.Has("dense_2.weight"))
            yield break;
        int middle = loader.RowsOf("dense_2.weight");
        yield return loader.Linear("dense_2", middle, width);
        yield return loader.Linear("dense_3", width, middle);
    }
}
