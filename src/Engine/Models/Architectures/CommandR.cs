using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Command R and R+ (Cohere 2024): attention and feed-forward side by side on one LayerNorm without bias, rotary pairs, tied output times a
/// factor; layer norms of query and key heads where the file has them.
/// </summary>
public sealed class CommandR : IArchitecture
{
    private CommandR()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["command-r"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            IReadOnlyList<IQkvStep> steps = loader.Has(name + "attn_q_norm.weight")
                ? [QueryKeyLayerNorm.Load(loader, i, attention[i], epsilon), rotary]
                : [rotary];
            return new ParallelLayer(
                loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                SelfAttention.Load(loader, i, attention[i], null, steps),
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
