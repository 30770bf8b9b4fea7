using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>y = x / sqrt(mean(x^2) + epsilon) * weight (Zhang and Sennrich 2019).</summary>
/// <param name="Weight">[width], or of a head.</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record RmsNorm(FloatVector Weight, float Epsilon) : INorm
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        var y = pass.Cpu.Rent(x.Count, x.Width);
        pass.Cpu.RmsNorm(x, Weight, Epsilon, y);
        return y;
    }

    /// <summary>The norm of each head within each row, in place.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="heads">[n, heads x headLength].</param>
    /// <param name="headLength">Values of a head.</param>
    public void ApplyToHeads(ForwardPass pass, Rows heads, int headLength)
        => pass.Cpu.RmsNorm(heads, Weight, Epsilon, heads, headLength);
}
