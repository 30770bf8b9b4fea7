using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Where a pass begins: one row of floats per token.</summary>
public interface IEmbedding
{
    /// <summary>[tokens, width].</summary>
    Rows Apply(ForwardPass pass);
}
