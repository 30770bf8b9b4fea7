using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// EXAONE 4 (LG 2025): norms after attention and feed-forward only, norms of query and key heads, rotary halves; the large form has
/// three windowed layers that rotate to a global one that does not.
/// </summary>
public sealed class Exaone4 : IArchitecture
{
    private Exaone4()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["exaone4"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4, defaultSize: 4096);
        bool hasWindows = shape.Layers == 64;
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var norm = QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon);
            bool isWindowed = hasWindows && window.Has(i);
            var settings = new AttentionSettings(
                attention[i].Heads, attention[i].DefaultScale, Window: isWindowed ? window.Of(i) : 0);
            return new SequentialLayer(
                new Branch(
                    null,
                    SelfAttention.Load(loader, i, attention[i], settings, isWindowed || !hasWindows ? [norm, rotary] : [norm]),
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
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
