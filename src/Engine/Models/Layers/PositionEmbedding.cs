using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>An embedding plus a learned row for each position.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Table">One row per position.</param>
public sealed record PositionEmbedding(IEmbedding Inner, RowTable Table) : IEmbedding
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = Inner.Apply(pass);
        using var scope = pass.Cpu.Scope();
        var positions = pass.Rent(x.Width);
        if (!pass.Cpu.IsMeasuring)
            Table.Read(pass.Batch.Positions, positions);
        pass.Cpu.Add(positions, x);
        return x;
    }
}
