using Hearth.Kernels.Compute;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Sparsity;

/// <summary>y = scale * (W x) + b, of all rows or of some of them.</summary>
/// <param name="Weights">[outputs, inputs], row by row.</param>
/// <param name="Bias">[outputs], or null.</param>
/// <param name="Scale">Factor of the product.</param>
internal sealed record RowLinear(RowMatrix Weights, FloatVector? Bias, float Scale)
{
    /// <summary>All outputs.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="y">[n, outputs].</param>
    public void Apply(Cpu cpu, ref MatMulInput x, Rows y)
    {
        cpu.Multiply(ref x, Weights, y);
        if (Scale != 1)
            cpu.Scale(y, Scale);
        cpu.AddBias(Bias, y);
    }

    /// <summary>The outputs of some neurons.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="x">[1, inputs].</param>
    /// <param name="neurons">Which.</param>
    /// <param name="y">[1, as many].</param>
    public void Apply(Cpu cpu, ref MatMulInput x, Neurons neurons, Rows y)
    {
        cpu.Multiply(ref x, Weights, neurons, y);
        if (Scale != 1)
            cpu.Scale(y, Scale);
        cpu.AddBias(Bias, neurons, y);
    }
}
