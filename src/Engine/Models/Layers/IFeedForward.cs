using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A layer's feed-forward: dense, gated, a mixture of experts, sparse.</summary>
public interface IFeedForward
{
    /// <summary>residual += the feed-forward of x.</summary>
    void AddTo(ForwardPass pass, Rows x, Rows residual);
}
