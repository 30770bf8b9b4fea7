using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A norm of each row by itself.</summary>
public interface INorm
{
    /// <summary>The norm of each row, in new rows.</summary>
    Rows Apply(ForwardPass pass, Rows x);
}
