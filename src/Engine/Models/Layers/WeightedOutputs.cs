using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>sum += weight * expert(x), as in nearly all families.</summary>
public sealed record WeightedOutputs : IExpertWeighting
{
    /// <inheritdoc/>
    public void Gather(Cpu cpu, Rows x, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows inputs)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Gather(x, members, inputs);
    }

    /// <inheritdoc/>
    public void Scatter(Cpu cpu, Rows outputs, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows sums)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.ScatterAdd(outputs, members, weights, sums);
    }
}
