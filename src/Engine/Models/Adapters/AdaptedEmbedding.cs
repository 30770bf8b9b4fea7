using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Adapters;

/// <summary>A token embedding with an adapter: x += factor * B a, where a is the token's row of A.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="A">A row of rank values per token.</param>
/// <param name="B">[width, rank].</param>
/// <param name="Factor">The user's scale times alpha / rank.</param>
internal sealed record AdaptedEmbedding(IEmbedding Inner, RowTable A, PackedMatrix B, float Factor) : IEmbedding
{
    public Rows Apply(ForwardPass pass)
    {
        var cpu = pass.Cpu;
        var x = Inner.Apply(pass);
        using var scope = cpu.Scope();
        var narrow = pass.Rent(A.Width);
        var wide = pass.Rent(B.Rows);
        if (!cpu.IsMeasuring)
            A.Read(pass.Batch.Tokens, narrow);
        var input = Cpu.Prepare(narrow);
        cpu.Multiply(ref input, B, wide);
        cpu.AddScaled(wide, Factor, x);
        return x;
    }
}
