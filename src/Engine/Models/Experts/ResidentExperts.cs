using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Experts;

/// <summary>Experts that stay where they are: in memory, or in panels that are mapped.</summary>
/// <param name="Experts">The experts.</param>
public sealed record ResidentExperts(IReadOnlyList<ISublayer> Experts) : IExperts
{
    /// <inheritdoc/>
    public int Count => Experts.Count;

    /// <inheritdoc/>
    public void Expect(int expert)
    {
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, int expert, Rows x) => Experts[expert].Apply(pass, x);
}
