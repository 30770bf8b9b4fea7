using Hearth.Kernels.Matmul;

namespace Hearth.Engine.Models.Layers;

/// <summary>The gate, up and down matrices of every expert of a layer.</summary>
/// <param name="Gate">Per expert [inner, width].</param>
/// <param name="Up">Per expert [inner, width].</param>
/// <param name="Down">Per expert [width, inner].</param>
public sealed record ExpertMatrices(IReadOnlyList<PackedMatrix> Gate, IReadOnlyList<PackedMatrix> Up, IReadOnlyList<PackedMatrix> Down)
{
    /// <summary>Loads <c>ffn_gate_exps</c>, <c>ffn_up_exps</c> and <c>ffn_down_exps</c> of a layer.</summary>
    public static ExpertMatrices Load(ModelLoader loader, string layer, int experts, int width, int inner)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new ExpertMatrices(
            loader.Experts(layer + "ffn_gate_exps.weight", experts, inner, width),
            loader.Experts(layer + "ffn_up_exps.weight", experts, inner, width),
            loader.Experts(layer + "ffn_down_exps.weight", experts, width, inner));
    }
}
