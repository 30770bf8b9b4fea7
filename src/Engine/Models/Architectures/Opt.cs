using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// OPT (Zhang et al. 2022), as PowerInfer writes it: GPT-2 with ReLU, queries, keys and values apart, and positions that begin at the third
/// row of their table. The 350M model, which normalises after its branches, is another family.
/// </summary>
public sealed class Opt : IArchitecture
{
    private const int FirstPosition = 2;
    private const float DefaultEpsilon = 1e-5f;

    private Opt()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["opt"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.Float("attention.layer_norm_epsilon", DefaultEpsilon);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null)),
                new Branch(
                    loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Relu)));
        });
        return new Decoder(
            loader,
            shape,
            PositionEmbedding.Load(loader, loader.TokenEmbedding(shape), shape.Width, FirstPosition),
            [],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
