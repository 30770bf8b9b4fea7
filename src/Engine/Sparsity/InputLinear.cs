using Hearth.Kernels.Compute;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Sparsity;

/// <summary>y = scale * (W x) + b, of all inputs or of those that are not zero: the bytes are the same.</summary>
/// <param name="Weights">[inputs, outputs], input by input.</param>
/// <param name="Bias">[outputs], or null.</param>
/// <param name="Scale">Factor of the product.</param>
internal sealed record InputLinear(InputMatrix Weights, FloatVector? Bias, float Scale)
{
    /// <summary>All inputs.</summary>
    public void Apply(Cpu cpu, Rows x, Rows y)
    {
        cpu.Multiply(x, Weights, y);
        Finish(cpu, y);
    }

    /// <summary>Some inputs.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="x">[1, as many as neurons].</param>
    /// <param name="neurons">Which.</param>
    /// <param name="y">[1, outputs].</param>
    /// <returns>Rows that were read.</returns>
    public int Apply(Cpu cpu, Rows x, Neurons neurons, Rows y)
    {
        int read = cpu.Multiply(x, neurons, Weights, y);
        Finish(cpu, y);
        return read;
    }

    private void Finish(Cpu cpu, Rows y)
    {
        if (Scale != 1)
            cpu.Scale(y, Scale);
        cpu.AddBias(Bias, y);
    }
}
