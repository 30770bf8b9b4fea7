using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>The norm of an embedding.</summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Norm">The norm.</param>
public sealed record NormedEmbedding(IEmbedding Inner, INorm Norm) : IEmbedding
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass) => Norm.Apply(pass, Inner.Apply(pass));
}
