using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>One residual branch alone, as where a mixer of tokens does a feed-forward's work too.</summary>
/// <param name="Mixer">The branch.</param>
public sealed record ResidualLayer(Branch Mixer) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Mixer.Body.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        Mixer.AddTo(pass, x);
        return x;
    }
}
