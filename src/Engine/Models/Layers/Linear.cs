using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Layers;

/// <summary>y = W x + b.</summary>
/// <param name="Weights">[outputs, inputs].</param>
/// <param name="Bias">[outputs], or null.</param>
public sealed record Linear(PackedMatrix Weights, FloatVector? Bias)
{
    /// <summary>Outputs.</summary>
    public int Outputs => Weights.Rows;

    /// <summary>y = W x + b in new rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, inputs].</param>
    /// <returns>[n, outputs].</returns>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        var y = pass.Cpu.Rent(x.Count, Outputs);
        using var scope = pass.Cpu.Scope();
        var input = Cpu.Prepare(x);
        pass.Cpu.Multiply(ref input, Weights, y);
        pass.Cpu.AddBias(Bias, y);
        return y;
    }

    /// <summary>residual += W x + b.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="residual">[n, outputs].</param>
    public void AddTo(ForwardPass pass, Rows x, Rows residual)
    {
        using var scope = pass.Cpu.Scope();
        pass.Cpu.Add(Apply(pass, x), residual);
    }
}
