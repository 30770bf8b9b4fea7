using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A root-mean-square norm with a bias added after.</summary>
/// <param name="Weight">[width].</param>
/// <param name="Bias">[width].</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record RmsNormWithBias(FloatVector Weight, FloatVector Bias, float Epsilon) : INorm
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, x.Width);
        pass.Cpu.RmsNorm(x, Weight, Epsilon, y);
        pass.Cpu.AddBias(Bias, y);
        return y;
    }
}
