using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>How a gated feed-forward joins its gate and its up rows (Shazeer 2020).</summary>
public interface IGatedUnit
{
    /// <summary>Whether the result is zero, not small, for every gate that is not positive.</summary>
    bool HasTrueZeros => false;

    /// <summary>Joins rows in place.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="gate">[n, inner]; receives the result.</param>
    /// <param name="up">[n, inner].</param>
    void Apply(Cpu cpu, Rows gate, Rows up);
}
