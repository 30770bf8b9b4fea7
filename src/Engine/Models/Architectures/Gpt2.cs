using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// GPT-2 (Radford et al. 2019) and StarCoder (Li et al. 2023): learned positions, LayerNorm, fused queries, keys and values, GELU, biases
/// everywhere; StarCoder has one KV head.
/// </summary>
public sealed class Gpt2 : IArchitecture
{
    private Gpt2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gpt2", "starcoder"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var activation = loader.Parameters.Activation(Activation.Gelu);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null)),
                new Branch(
                    loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForward.Load(loader, name, shape.Width, inner[i], activation)));
        });
        return new Decoder(
            loader,
            shape,
            PositionEmbedding.Load(loader, loader.TokenEmbedding(shape), shape.Width),
            [],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
