using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Ling-lite and Ling-plus (Ant Group 2025): Llama with experts on every layer, beside one of all tokens.
/// </summary>
public sealed class BailingMoe : IArchitecture
{
    private BailingMoe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bailingmoe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        int sharedInner = checked(loader.Parameters.ExpertLength * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (_, name) => SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, RouterScore.Softmax, normalise, scale));
    }
}
