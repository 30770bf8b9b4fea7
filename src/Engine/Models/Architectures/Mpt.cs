using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MPT (MosaicML 2023): no positions but ALiBi, LayerNorm mostly without biases, GELU; queries, keys and values clamped where the file says so.
/// </summary>
public sealed class Mpt : IArchitecture
{
    private Mpt()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mpt"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        float clamp = loader.Parameters.Float("attention.clamp_kqv", 0);
        IReadOnlyList<IQkvStep> steps = clamp > 0 ? [new QkvClamp(clamp)] : [];
        var slopes = AlibiSlopes.Create(loader, attention[0].Heads, loader.Parameters.Float("attention.max_alibi_bias", 8));
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
                        new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, AlibiSlopes: slopes),
                        steps)),
                new Branch(
                    loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
