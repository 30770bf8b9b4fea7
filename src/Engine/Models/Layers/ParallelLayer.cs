using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>x += attention(norm(x)) + feed-forward(norm'(x)): both branches read the layer's input (Wang and Komatsuzaki 2021).</summary>
/// <param name="AttentionNorm">Norm of the attention's input.</param>
/// <param name="Attention">The attention.</param>
/// <param name="FeedForwardNorm">Norm of the feed-forward's input; null if both read the same normed rows.</param>
/// <param name="FeedForward">The feed-forward.</param>
public sealed record ParallelLayer(INorm AttentionNorm, ISublayer Attention, INorm? FeedForwardNorm, ISublayer FeedForward) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = pass.Cpu.Scope();
        var normed = AttentionNorm.Apply(pass, x);
        var attended = Attention.Apply(pass, normed);
        var fed = FeedForward.ApplyBehindNorm(pass, FeedForwardNorm == null ? normed : FeedForwardNorm.Apply(pass, x), x);
        pass.Cpu.Add(attended, x);
        pass.Cpu.Add(fed, x);
        return x;
    }
}
