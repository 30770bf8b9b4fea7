using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// DeepSeek-MoE (Dai et al. 2024), before latent attention: Llama whose layers after the first ones have experts of unnormalised weights,
/// beside one of all tokens.
/// </summary>
public sealed class DeepSeek : IArchitecture
{
    private DeepSeek()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["deepseek"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        int dense = loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int sharedInner = checked(loader.Parameters.ExpertLength * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : SharedExpert.LoadUngated(loader, name, shape.Width, sharedInner, RouterScore.Softmax, normalise: false, scale));
    }
}
