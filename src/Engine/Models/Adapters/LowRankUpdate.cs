using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Adapters;

/// <summary>What a low-rank adapter adds to a matrix product (Hu et al. 2021): y += factor * B (A x).</summary>
/// <param name="A">[rank, inputs].</param>
/// <param name="B">[outputs, rank].</param>
/// <param name="Factor">The user's scale times alpha / rank.</param>
public sealed record LowRankUpdate(PackedMatrix A, PackedMatrix B, float Factor)
{
    /// <summary>Adds the update to a product.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, inputs].</param>
    /// <param name="y">[n, outputs].</param>
    public void AddTo(ForwardPass pass, Rows x, Rows y)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var narrow = cpu.Rent(x.Count, A.Rows);
        var wide = cpu.Rent(x.Count, B.Rows);
        var input = Cpu.Prepare(x);
        cpu.Multiply(ref input, A, narrow);
        var inner = Cpu.Prepare(narrow);
        cpu.Multiply(ref inner, B, wide);
        cpu.AddScaled(wide, Factor, y);
    }
}
