using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MPT (MosaicML 2023): ALiBi, or learned positions where the file has them, LayerNorm mostly without biases, GELU; queries, keys and values
/// clamped, and whole queries and keys normed, where the file says so.
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
        IReadOnlyList<IQkvStep> clamps = clamp > 0 ? [new QkvClamp(clamp)] : [];
        float maxBias = loader.Parameters.Float("attention.max_alibi_bias", 0);
        var slopes = maxBias > 0 ? AlibiSlopes.Create(loader, attention[0].Heads, maxBias) : null;
        IEmbedding embedding = loader.TokenEmbedding(shape);
        if (loader.Has("position_embd.weight"))
            embedding = PositionEmbedding.Load(loader, embedding, shape.Width);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            IReadOnlyList<IQkvStep> steps = loader.Has(name + "attn_q_norm.weight")
                ? [.. clamps, ProjectionLayerNorm.Load(loader, i, attention[i], epsilon)]
                : clamps;
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
            embedding,
            [],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
