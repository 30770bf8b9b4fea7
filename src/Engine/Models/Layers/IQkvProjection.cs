using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values of a layer's input.</summary>
public interface IQkvProjection
{
    /// <summary>Projects rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    Qkv Apply(ForwardPass pass, Rows x);
}
