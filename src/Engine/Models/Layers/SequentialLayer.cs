using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention, then feed-forward, each on a residual branch.</summary>
/// <param name="Attention">The attention branch.</param>
/// <param name="FeedForward">The feed-forward branch.</param>
public sealed record SequentialLayer(Branch Attention, Branch FeedForward) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Body.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        if (isLast)
            x = Attention.OfOutputs(pass, x);
        else
            Attention.AddTo(pass, x);
        FeedForward.AddTo(pass, x);
        return x;
    }
}
