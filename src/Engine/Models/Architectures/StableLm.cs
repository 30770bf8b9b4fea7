using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// StableLM 3B, 2 1.6B and 2 12B: LayerNorm, rotary halves on a part of each head, SwiGLU; without a second norm both branches read the
/// same normed rows; layer norms of each query and key head where the file has them.
/// </summary>
public sealed class StableLm : IArchitecture
{
    private StableLm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["stablelm"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var norm = loader.LayerNorm(name + "attn_norm", shape.Width, epsilon);
            IReadOnlyList<IQkvStep> steps = loader.Has(name + "attn_q_norm.weight")
                ? [QueryKeyLayerNorm.Load(loader, i, attention[i], epsilon), rotary]
                : [rotary];
            var attend = SelfAttention.Load(loader, i, attention[i], null, steps);
            var feedForward = GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu);
            return loader.Has(name + "ffn_norm.weight")
                ? new SequentialLayer(
                    new Branch(norm, attend),
                    new Branch(loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon), feedForward))
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
