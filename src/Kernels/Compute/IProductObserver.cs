using Hearth.Kernels.Matmul;

namespace Hearth.Kernels.Compute;

/// <summary>Sees what matrices are multiplied with, before they are: for statistics over a model's activations.</summary>
public interface IProductObserver
{
    /// <summary>Called for each product on the thread that computes; not while memory is only counted.</summary>
    /// <param name="weights">The matrix.</param>
    /// <param name="input">[n, columns], valid during the call.</param>
    void Observe(PackedMatrix weights, Rows input);
}
