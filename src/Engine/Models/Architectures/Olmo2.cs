using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// OLMo 2 (Walsh et al. 2025): norms after attention and feed-forward only, norms of the whole query and key projections, rotary halves;
/// in the third generation a window on most layers, which rotate without YaRN.
/// </summary>
public sealed class Olmo2 : IArchitecture
{
    private Olmo2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["olmo2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4);
        var windowedRotary = RotaryScaling.Plain(
            RotaryStyle.Halves,
            loader.Parameters.Float("rope.freq_base", 10000),
            loader.Parameters.Int("rope.dimension_count", attention[0].KeyLength, 2, attention[0].KeyLength));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
            return new SequentialLayer(
                new Branch(
                    null,
                    SelfAttention.Load(
                        loader,
                        i,
                        attention[i],
                        settings,
                        QueryKeyNorm.LoadWhole(loader, i, attention[i], epsilon),
                        window.Has(i) ? windowedRotary : rotary),
                    loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    null,
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu),
                    loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary, windowedRotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
