using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nemotron-4 and Minitron (Parmar et al. 2024): LayerNorm with biases, rotary halves on a part of each head, a feed-forward of squared
/// ReLU without a gate, whose zeros are true zeros. Norm weights in files are the factors themselves.
/// </summary>
public sealed class Nemotron : IArchitecture
{
    private Nemotron()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["nemotron"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.LayerNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => FeedForward.Load(loader, name, shape.Width, inner[i], Activation.ReluSquared));
    }
}
