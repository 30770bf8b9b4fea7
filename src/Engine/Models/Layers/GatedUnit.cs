using Hearth.Engine.Sparsity;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>activation(gate) * up.</summary>
/// <param name="Activation">Silu for SwiGLU, Gelu for GeGLU, Relu for ReGLU.</param>
public sealed record GatedUnit(Activation Activation) : IGatedUnit
{
    /// <inheritdoc/>
    public bool HasTrueZeros => TrueZeros.Of(Activation);

    /// <inheritdoc/>
    public void Apply(Cpu cpu, Rows gate, Rows up)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Gate(Activation, gate, up, gate);
    }
}
