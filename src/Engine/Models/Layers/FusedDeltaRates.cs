using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>The rates of a delta rule from one matrix: for each key head the betas, then the alphas, of the heads that share it.</summary>
/// <param name="Matrix">[key heads x (betas, alphas), width].</param>
/// <param name="HeadsPerKey">Heads that share a key head.</param>
public sealed record FusedDeltaRates(Linear Matrix, int HeadsPerKey) : IDeltaRates
{
    /// <summary>Loads <c>ssm_ba</c> of a layer.</summary>
    public static FusedDeltaRates Load(ModelLoader loader, int layer, int heads, int keyHeads, int width)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new FusedDeltaRates(loader.Linear($"blk.{layer}.ssm_ba", 2 * heads, width), heads / keyHeads);
    }

    /// <inheritdoc/>
    public (Rows Betas, Rows Alphas) Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var betas = pass.Cpu.Rent(x.Count, Matrix.Outputs / 2);
        var alphas = pass.Cpu.Rent(x.Count, Matrix.Outputs / 2);
        using var scope = pass.Cpu.Scope();
        pass.Cpu.SplitHeads(Matrix.Apply(pass, x), HeadsPerKey, betas, alphas);
        return (betas, alphas);
    }
}
