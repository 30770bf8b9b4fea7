using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// OpenELM (Apple 2024): norms of query and key heads, rotary halves, and more heads and neurons the deeper the layer.
/// </summary>
public sealed class OpenElm : IArchitecture
{
    private OpenElm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["openelm"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon), rotary)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
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
