using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Phi-3 and Phi-4 (Abdin et al. 2024): fused queries, keys and values, fused gate and up, rotary halves with LongRoPE factors.
/// </summary>
public sealed class Phi3 : IArchitecture
{
    private Phi3()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["phi3"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => FusedGatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
