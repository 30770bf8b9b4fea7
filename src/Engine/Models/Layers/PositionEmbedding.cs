using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>An embedding plus a learned row for each position.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Table">One row per position.</param>
public sealed record PositionEmbedding(IEmbedding Inner, RowTable Table) : IEmbedding
{
    /// <summary>Loads <c>position_embd</c>. A context cannot be longer than its rows.</summary>
    /// <param name="loader">The model, whose context is limited.</param>
    /// <param name="inner">The embedding.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="first">The row of position 0.</param>
    /// <exception cref="InvalidModelException">The table is missing, of another width, or has no row for position 0.</exception>
    public static PositionEmbedding Load(ModelLoader loader, IEmbedding inner, int width, int first = 0)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var table = loader.Table("position_embd.weight", 0, width);
        if (table.Count <= first)
            throw new InvalidModelException($"{loader.Name}: position_embd.weight has {table.Count} rows, but positions begin at row {first}.");
        table = table.From(first);
        loader.LimitContext(table.Count);
        return new PositionEmbedding(inner, table);
    }

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
