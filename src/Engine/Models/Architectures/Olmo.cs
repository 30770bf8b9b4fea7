using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// OLMo (Groeneveld et al. 2024): Llama whose layer norms have no weights, and in some models a limit of queries, keys and values.
/// </summary>
public sealed class Olmo : IArchitecture
{
    private Olmo()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["olmo"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        float limit = loader.Parameters.Float("attention.clamp_kqv", 0);
        var norm = new BareLayerNorm(epsilon);
        IReadOnlyList<IQkvStep> steps = limit > 0 ? [new QkvClamp(limit), rotary] : [rotary];
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    norm,
                    SelfAttention.Load(loader, i, attention[i], null, steps)),
                new Branch(
                    norm,
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(norm, loader.OutputMatrix(shape)));
    }
}
