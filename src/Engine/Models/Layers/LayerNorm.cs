using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>y = (x - mean) / sqrt(variance + epsilon) * weight + bias (Ba, Kiros and Hinton 2016).</summary>
/// <param name="Weight">[width].</param>
/// <param name="Bias">[width], or null.</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record LayerNorm(FloatVector Weight, FloatVector? Bias, float Epsilon) : INorm
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        var y = pass.Cpu.Rent(x.Count, x.Width);
        pass.Cpu.LayerNorm(x, Weight, Bias, Epsilon, y);
        return y;
    }
}
