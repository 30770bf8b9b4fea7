using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>gelu(max(0, gate - bound)) * up, the bound being so many standard deviations above the gate's mean: few neurons fire.</summary>
/// <param name="Deviations">How many.</param>
public sealed record SparseGeGlu(float Deviations) : IGatedUnit
{
    /// <inheritdoc/>
    public void Apply(Cpu cpu, Rows gate, Rows up)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.KeepLargest(gate, Deviations);
        cpu.Gate(Activation.Gelu, gate, up, gate);
    }
}
