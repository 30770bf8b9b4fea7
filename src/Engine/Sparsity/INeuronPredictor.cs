using Hearth.Engine.Models;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity;

/// <summary>
/// Guesses which neurons of a block a token may make active, for less than the gate costs. What it does not choose is taken for zero; the gate still decides
/// about what it chooses. A token's set depends on nothing but the token.
/// </summary>
internal interface INeuronPredictor
{
    /// <summary>What it is and how it is set, as models that compute differently have to differ in it.</summary>
    string Name { get; }

    /// <summary>Bytes that it reads for a token.</summary>
    long Bytes { get; }

    /// <summary>Chooses.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width]: what the block reads.</param>
    /// <param name="stream">[n, width]: what the norm before the block has read; x where there is none.</param>
    /// <param name="sets">[n, neurons].</param>
    void Choose(ForwardPass pass, Rows x, Rows stream, NeuronSets sets);
}
