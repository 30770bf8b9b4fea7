using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// DBRX (Databricks 2024): LayerNorm without biases, clamped queries, keys and values, rotary halves, fine-grained experts with normalised
/// weights.
/// </summary>
public sealed class Dbrx : IArchitecture
{
    private Dbrx()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["dbrx"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        float clamp = loader.Parameters.Float("attention.clamp_kqv");
        IReadOnlyList<IQkvStep> steps = clamp > 0 ? [new QkvClamp(clamp), rotary] : [rotary];
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.LayerNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, steps),
            (i, name) => MixtureOfExperts.Load(
                loader, name, shape.Width, inner[i], Activation.Silu, RouterScore.Softmax, normalise: true),
            feedForwardNorm: "attn_output_norm");
    }
}
