using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>y = (x - mean) / sqrt(variance + epsilon), with neither weight nor bias.</summary>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record BareLayerNorm(float Epsilon) : INorm
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, x.Width);
        pass.Cpu.LayerNorm(x, null, null, Epsilon, y);
        return y;
    }
}
