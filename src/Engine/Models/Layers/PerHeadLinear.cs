using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Layers;

/// <summary>A matrix for each head: part h of the output is W[h] times part h of the input.</summary>
/// <param name="Heads">Per head [outputs, inputs], at least one.</param>
public sealed record PerHeadLinear(IReadOnlyList<PackedMatrix> Heads) : IRowMap
{
    /// <summary>Inputs of a head.</summary>
    public int Inputs => Heads[0].Columns;

    /// <summary>Outputs of a head.</summary>
    public int Outputs => Heads[0].Rows;

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Heads.Count * Outputs);
        Apply(pass, x, Inputs, y, Outputs);
        return y;
    }

    /// <summary>The product where heads are wider than the matrices: what follows in a head is left alone.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, heads x inputStep].</param>
    /// <param name="inputStep">Values from one head's input to the next, at least <see cref="Inputs"/>.</param>
    /// <param name="y">[n, heads x outputStep].</param>
    /// <param name="outputStep">Values from one head's output to the next, at least <see cref="Outputs"/>.</param>
    public void Apply(ForwardPass pass, Rows x, int inputStep, Rows y, int outputStep)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        for (int head = 0; head < Heads.Count; head++)
        {
            // Products are written in whole panels, which may be longer than a head: hence not straight into its place.
            using var scope = cpu.Scope();
            var product = cpu.Rent(x.Count, Outputs);
            var input = Cpu.Prepare(x.Columns(head * inputStep, Inputs));
            cpu.Multiply(ref input, Heads[head], product);
            cpu.Copy(product, y.Columns(head * outputStep, Outputs));
        }
    }
}
