using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Experts;

/// <summary>Experts that are read from the model's file when they are needed.</summary>
/// <param name="Cache">Where they are kept for a while.</param>
/// <param name="Experts">What an expert computes, once its matrices are there.</param>
/// <param name="Matrices">Each expert's matrices.</param>
internal sealed record CachedExperts(ExpertCache Cache, IReadOnlyList<ISublayer> Experts, IReadOnlyList<CachedExpert> Matrices) : IExperts
{
    /// <inheritdoc/>
    public int Count => Experts.Count;

    /// <inheritdoc/>
    public void Expect(int expert) => Matrices[expert].Prefetch();

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, int expert, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        return pass.Cpu.IsMeasuring
            ? Experts[expert].Apply(pass, x)
            : Cache.Apply(Matrices[expert], Experts[expert], pass, x);
    }
}
