using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>Jais 2 (G42 2025): LayerNorms, biases, rotary halves, and the square of a ReLU.</summary>
public sealed class Jais2 : IArchitecture
{
    private Jais2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["jais2"];

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
