using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>relu(gate) * relu(up): zero where either is, which makes more zeros than ReGLU (Song et al. 2024, TurboSparse).</summary>
public sealed record DoubleRelu : IGatedUnit
{
    /// <inheritdoc/>
    public bool HasTrueZeros => true;

    /// <inheritdoc/>
    public void Apply(Cpu cpu, Rows gate, Rows up)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Activate(Activation.Relu, up);
        cpu.Gate(Activation.Relu, gate, up, gate);
    }
}
