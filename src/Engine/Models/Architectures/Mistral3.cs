using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Ministral 3: Llama with YaRN, and queries that grow with the logarithm of the position beyond the original context.
/// </summary>
public sealed class Mistral3 : IArchitecture
{
    private Mistral3()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mistral3"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength, YarnSettings.Read(loader));
        var positionScale = new PositionScale(
            loader.Parameters.Float("attention.temperature_scale", 0),
            loader.Parameters.Int("rope.scaling.original_context_length", int.MaxValue, 1, int.MaxValue));
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary, positionScale),
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
