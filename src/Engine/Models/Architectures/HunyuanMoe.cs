using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Hunyuan-A13B (Tencent 2025): norms of query and key heads after the rotation, and on every layer experts beside one of all tokens.
/// </summary>
public sealed class HunyuanMoe : IArchitecture
{
    private HunyuanMoe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["hunyuan-moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        int sharedInner = loader.Parameters.Int("expert_shared_feed_forward_length", 0, 0, 1 << 20);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon)),
            (i, name) => SharedExpert.LoadUngated(
                loader, name, shape.Width, sharedInner > 0 ? sharedInner : inner[i], RouterScore.Softmax, normalise: true));
    }
}
