using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A function of each row by itself.</summary>
public interface IRowMap
{
    /// <summary>The function of each row, in new rows.</summary>
    Rows Apply(ForwardPass pass, Rows x);
}
