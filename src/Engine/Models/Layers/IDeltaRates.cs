using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>The two numbers that each head of a <see cref="GatedDeltaNet"/> gets from a token.</summary>
public interface IDeltaRates
{
    /// <summary>Projects rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <returns>How far the state moves and how fast it decays, before their functions: [n, heads] each.</returns>
    (Rows Betas, Rows Alphas) Apply(ForwardPass pass, Rows x);
}
