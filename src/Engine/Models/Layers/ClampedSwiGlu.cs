using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>g * sigmoid(alpha g) * (u + 1), with g = min(gate, limit) and u = up limited to [-limit, limit] (OpenAI, gpt-oss 2025).</summary>
/// <param name="Alpha">Steepness of the gate.</param>
/// <param name="Limit">The limit.</param>
public sealed record ClampedSwiGlu(float Alpha, float Limit) : IGatedUnit
{
    /// <inheritdoc/>
    public void Apply(Cpu cpu, Rows gate, Rows up)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.ClampedSwiGlu(gate, up, Alpha, Limit, gate);
    }
}
