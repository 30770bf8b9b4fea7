using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sparsity;

/// <summary>Which activations are zero, not small, for every argument that is not positive.</summary>
internal static class TrueZeros
{
    public static bool Of(Activation activation) => activation is Activation.Relu or Activation.ReluSquared;
}
