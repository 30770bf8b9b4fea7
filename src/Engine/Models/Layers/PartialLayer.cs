using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention, then feed-forward, of which either may be missing.</summary>
/// <param name="Attention">The attention branch, or null.</param>
/// <param name="FeedForward">The feed-forward branch, or null.</param>
public sealed record PartialLayer(Branch? Attention, Branch? FeedForward) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention?.Body.Cache(keys, values) ?? default;

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        Attention?.AddTo(pass, x);
        if (isLast)
            x = pass.SelectOutputs(x);
        FeedForward?.AddTo(pass, x);
        return x;
    }
}
