using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>One row of floats per token id.</summary>
/// <param name="Table">One row per vocabulary entry.</param>
public sealed record TokenEmbedding(RowTable Table) : IEmbedding
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = pass.Rent(Table.Width);
        if (!pass.Cpu.IsMeasuring)
            Table.Read(pass.Batch.Tokens, x);
        return x;
    }
}
