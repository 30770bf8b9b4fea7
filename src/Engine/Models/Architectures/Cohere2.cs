using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Command R7B (Cohere 2024): Command R with three windowed layers that rotate to a global one that does not.
/// </summary>
public sealed class Cohere2 : IArchitecture
{
    private Cohere2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["cohere2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
            return new ParallelLayer(
                loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                SelfAttention.Load(loader, i, attention[i], settings, window.Has(i) ? [rotary] : []),
                null,
                GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape), Scale: loader.Parameters.Factor("logit_scale", 1)));
    }
}
