using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Qwen2 and 2.5 (Yang et al. 2024), the text part of Qwen2-VL and 2.5-VL, EXAONE 3, Pangu Embedded: Llama with rotary halves, and biases on queries, keys
/// and values where the file has them.
/// </summary>
public sealed class Qwen2 : IArchitecture
{
    private Qwen2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["qwen2", "pangu-embedded", "qwen2vl", "exaone"];

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
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
