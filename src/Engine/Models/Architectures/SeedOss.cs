using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Seed-OSS (ByteDance 2025): Qwen2 with heads of a length of their own; its second norm is named after the attention before it.
/// </summary>
public sealed class SeedOss : IArchitecture
{
    private SeedOss()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["seed_oss"];

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
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu),
            feedForwardNorm: "post_attention_norm");
    }
}
