using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// SmolLM3: Llama without rotary embedding on every fourth layer.
/// </summary>
public sealed class SmolLM3 : IArchitecture
{
    private SmolLM3()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["smollm3"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => (i + 1) % 4 == 0
                ? SelfAttention.Load(loader, i, attention[i], null)
                : SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
