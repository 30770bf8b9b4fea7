using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Qwen3-30B-A3B and its kin: Qwen3 with a mixture of experts on every layer.
/// </summary>
public sealed class Qwen3Moe : IArchitecture
{
    private Qwen3Moe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["qwen3moe", "qwen3vlmoe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int inner = loader.Parameters.ExpertLength;
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon), rotary),
            (_, name) => MixtureOfExperts.Load(
                loader, name, shape.Width, inner, Activation.Silu, RouterScore.Softmax, normalise: true));
    }
}
