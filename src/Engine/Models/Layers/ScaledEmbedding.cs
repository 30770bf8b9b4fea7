using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>An embedding times a factor.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Factor">The factor.</param>
public sealed record ScaledEmbedding(IEmbedding Inner, float Factor) : IEmbedding
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = Inner.Apply(pass);
        pass.Cpu.Scale(x, Factor);
        return x;
    }
}
