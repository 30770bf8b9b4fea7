using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>x += attention(norm(x)); x += feed-forward(norm(x)).</summary>
/// <param name="AttentionNorm">Before attention.</param>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForwardNorm">Before the feed-forward.</param>
/// <param name="FeedForward">The feed-forward.</param>
public sealed record PreNormLayer(INorm AttentionNorm, SelfAttention Attention, INorm FeedForwardNorm, IFeedForward FeedForward)
    : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Shape.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        using (pass.Cpu.Scope())
            Attention.AddTo(pass, AttentionNorm.Apply(pass, x), x);
        if (isLast)
            x = pass.SelectOutputs(x);
        using (pass.Cpu.Scope())
            FeedForward.AddTo(pass, FeedForwardNorm.Apply(pass, x), x);
        return x;
    }
}
