using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values of a <see cref="GatedDeltaNet"/>, and the gate of its output.</summary>
public interface IDeltaProjection
{
    /// <summary>Projects rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    /// <returns>All queries, then all keys, then all values of a token in one row, as they are convolved; and [n, values].</returns>
    (Rows Qkv, Rows Gate) Apply(ForwardPass pass, Rows x);
}
