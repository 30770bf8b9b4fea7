using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>One matrix where attention might stand.</summary>
/// <param name="Matrix">[width, width].</param>
public sealed record LinearSublayer(Linear Matrix) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x) => Matrix.Apply(pass, x);
}
