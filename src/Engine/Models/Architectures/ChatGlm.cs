using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// ChatGLM2, ChatGLM3 and GLM-4-9B (Zhipu 2023 and 2024): rotary pairs on a part of each head, biases on queries, keys and values, fused
/// gate and up.
/// </summary>
public sealed class ChatGlm : IArchitecture
{
    private ChatGlm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["chatglm"];

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
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => FusedGatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
