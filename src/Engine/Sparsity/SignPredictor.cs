using System.Globalization;
using Hearth.Engine.Models;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Sparse;

namespace Hearth.Engine.Sparsity;

/// <summary>A vote of the signs of gate and input (SparseInfer; Shin et al. 2024), which needs no training.</summary>
/// <param name="plane">The signs of the gate.</param>
/// <param name="z">Standard deviations by which a vote has to be negative for a neuron to be left out.</param>
internal sealed class SignPredictor(SignPlane plane, float z) : INeuronPredictor
{
    /// <summary>
    /// What is taken where no profile says it: of Gaussian weights and inputs, where 90 % of the neurons are zero, it leaves out one per cent of what the block
    /// gives.
    /// </summary>
    public const float DefaultZ = 1.25f;

    private readonly int limit = SignVotes.Limit(plane.Columns, z);

    /// <inheritdoc/>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"sign {z:R}");

    /// <inheritdoc/>
    public long Bytes => plane.Bytes;

    /// <inheritdoc/>
    public void Choose(ForwardPass pass, Rows x, Rows stream, NeuronSets sets) => pass.Cpu.ChooseBySigns(x, plane, limit, sets);
}
