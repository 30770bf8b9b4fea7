using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>The rates of a delta rule from a matrix each.</summary>
/// <param name="Beta">[heads, width].</param>
/// <param name="Alpha">[heads, width].</param>
public sealed record DeltaRates(Linear Beta, Linear Alpha) : IDeltaRates
{
    /// <summary>Loads <c>ssm_beta</c> and <c>ssm_alpha</c> of a layer.</summary>
    public static DeltaRates Load(ModelLoader loader, int layer, int heads, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new DeltaRates(
            loader.Linear($"blk.{layer}.ssm_beta", heads, width), loader.Linear($"blk.{layer}.ssm_alpha", heads, width));
    }

    /// <inheritdoc/>
    public (Rows Betas, Rows Alphas) Apply(ForwardPass pass, Rows x) => (Beta.Apply(pass, x), Alpha.Apply(pass, x));
}
