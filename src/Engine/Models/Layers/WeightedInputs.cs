using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>sum += expert(weight * x), as in Llama 4.</summary>
public sealed record WeightedInputs : IExpertWeighting
{
    /// <inheritdoc/>
    public void Gather(Cpu cpu, Rows x, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows inputs)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.Gather(x, members, inputs);
        if (cpu.IsMeasuring)
            return;
        for (int row = 0; row < inputs.Count; row++)
            cpu.Scale(inputs.Slice(row, 1), weights[row]);
    }

    /// <inheritdoc/>
    public void Scatter(Cpu cpu, Rows outputs, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows sums)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        if (cpu.IsMeasuring)
            return;
        for (int row = 0; row < outputs.Count; row++)
            cpu.Add(outputs.Slice(row, 1), sums.Slice(members[row], 1));
    }
}
