using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>up(norm(down x)): a wide matrix as the product of two narrow ones.</summary>
/// <param name="Down">[rank, inputs].</param>
/// <param name="Norm">Norm between the two.</param>
/// <param name="Up">[outputs, rank].</param>
public sealed record LowRankLinear(Linear Down, INorm Norm, Linear Up) : IRowMap
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Up.Outputs);
        using var scope = pass.Cpu.Scope();
        Up.Apply(pass, Norm.Apply(pass, Down.Apply(pass, x)), y);
        return y;
    }
}
