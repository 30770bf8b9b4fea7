using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Qwen1.5-MoE and Qwen2-57B-A14B: Qwen2 with experts whose weights are not normalised, and a shared expert behind a sigmoid gate.
/// </summary>
public sealed class Qwen2Moe : IArchitecture
{
    private Qwen2Moe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["qwen2moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (_, name) => SharedExpert.LoadGated(loader, name, shape.Width, normalise: false));
    }
}
