using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>Orion 14B (OrionStar 2024): Llama with LayerNorms, and rotary pairs half a head apart.</summary>
public sealed class Orion : IArchitecture
{
    private Orion()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["orion"];

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
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
