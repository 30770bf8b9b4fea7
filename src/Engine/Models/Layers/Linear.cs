using Hearth.Engine.Models.Adapters;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Layers;

/// <summary>y = scale * (W x) + b, and what adapters add to it.</summary>
/// <param name="Weights">[outputs, inputs].</param>
/// <param name="Bias">[outputs], or null.</param>
/// <param name="Scale">Factor of the product, as ternary models keep it beside the matrix.</param>
public sealed record Linear(PackedMatrix Weights, FloatVector? Bias, float Scale = 1) : IRowMap
{
    /// <summary>What adapters add, in order.</summary>
    public IReadOnlyList<LowRankUpdate> Updates { get; init; } = [];

    /// <summary>Outputs.</summary>
    public int Outputs => Weights.Rows;

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Outputs);
        Apply(pass, x, y);
        return y;
    }

    /// <summary>The product in given rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="y">[n, outputs], rented.</param>
    public void Apply(ForwardPass pass, Rows x, Rows y)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = pass.Cpu.Scope();
        var input = Cpu.Prepare(x);
        pass.Cpu.Multiply(ref input, Weights, y);
        Finish(pass, x, y);
    }

    /// <summary>Scale, adapters and bias of a product that was computed together with others.</summary>
    internal void Finish(ForwardPass pass, Rows x, Rows y)
    {
        if (Scale != 1)
            pass.Cpu.Scale(y, Scale);
        for (int i = 0; i < Updates.Count; i++)
            Updates[i].AddTo(pass, x, y);
        pass.Cpu.AddBias(Bias, y);
    }
}
