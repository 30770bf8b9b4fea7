using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Falcon 7B and 40B (Almazrouei et al. 2023): attention and feed-forward side by side; the small one reads both from one norm, the large
/// one's attention has a norm of its own.
/// </summary>
public sealed class Falcon : IArchitecture
{
    private Falcon()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["falcon"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var activation = loader.Parameters.Activation(Activation.Gelu);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var norm = loader.LayerNorm(name + "attn_norm", shape.Width, epsilon);
            var attend = SelfAttention.Load(loader, i, attention[i], null, rotary);
            var feedForward = FeedForward.Load(loader, name, shape.Width, inner[i], activation);
            return loader.Has(name + "attn_norm_2.weight")
                ? new ParallelLayer(loader.LayerNorm(name + "attn_norm_2", shape.Width, epsilon), attend, norm, feedForward)
                : new ParallelLayer(norm, attend, null, feedForward);
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
