using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>On which side of an expert a token's weight stands.</summary>
public interface IExpertWeighting
{
    /// <summary>Collects an expert's inputs.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="x">Rows of all tokens.</param>
    /// <param name="members">The tokens of the expert, one per row of <paramref name="inputs"/>.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="inputs">Receives the inputs.</param>
    void Gather(Cpu cpu, Rows x, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows inputs);

    /// <summary>Adds an expert's outputs to its tokens.</summary>
    /// <param name="cpu">What to compute on.</param>
    /// <param name="outputs">One row per member.</param>
    /// <param name="members">The tokens of the expert.</param>
    /// <param name="weights">Their weights.</param>
    /// <param name="sums">Rows of all tokens.</param>
    void Scatter(Cpu cpu, Rows outputs, ReadOnlySpan<int> members, ReadOnlySpan<float> weights, Rows sums);
}
