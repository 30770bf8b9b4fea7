using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>What stands on a residual branch: attention, or a feed-forward of any kind.</summary>
public interface ISublayer
{
    /// <summary>What the cache keeps of it; nothing for a feed-forward.</summary>
    KvLayerShape Cache(KvType keys, KvType values) => default;

    /// <summary>Computes the branch, in new rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <returns>[n, width].</returns>
    Rows Apply(ForwardPass pass, Rows x);

    /// <summary>The same, for whoever wants to see what the norm before it has read.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <param name="stream">[n, width], before the norm.</param>
    /// <returns>[n, width].</returns>
    Rows ApplyBehindNorm(ForwardPass pass, Rows x, Rows stream) => Apply(pass, x);

    /// <summary>Computes the branch where nothing after it mixes positions: of the tokens that want something alone.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <returns>[outputs, width].</returns>
    Rows ApplyToOutputs(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return pass.SelectOutputs(Apply(pass, x));
    }
}
