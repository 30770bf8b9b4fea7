using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// BLOOM (Le Scao et al. 2022): ALiBi, a LayerNorm on the embeddings, GELU, biases everywhere.
/// </summary>
public sealed class Bloom : IArchitecture
{
    private Bloom()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bloom"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var slopes = AlibiSlopes.Create(loader, attention[0].Heads, 8);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(
                        loader,
                        i,
                        attention[i],
                        new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, AlibiSlopes: slopes))),
                new Branch(
                    loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu)));
        });
        return new Decoder(
            loader,
            shape,
            new NormedEmbedding(loader.TokenEmbedding(shape), loader.LayerNorm("token_embd_norm", shape.Width, epsilon)),
            [],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
