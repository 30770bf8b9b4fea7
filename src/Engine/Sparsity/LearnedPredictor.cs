using System.Globalization;
using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sparsity;

/// <summary>Two narrow matrices that were trained beside the model (Liu et al. 2023, Deja Vu), as PowerInfer's files have them: second(relu(first x)).</summary>
/// <param name="first">[rank, width].</param>
/// <param name="second">[neurons, rank].</param>
/// <param name="readsStream">Whether it was trained on what stands before the block's norm, and not behind it.</param>
/// <param name="threshold">The lowest score of a neuron that is chosen.</param>
internal sealed class LearnedPredictor(Linear first, Linear second, bool readsStream, float threshold) : INeuronPredictor
{
    /// <inheritdoc/>
    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"learned {threshold:R}");

    /// <inheritdoc/>
    public long Bytes => first.Weights.Bytes + second.Weights.Bytes;

    /// <inheritdoc/>
    public void Choose(ForwardPass pass, Rows x, Rows stream, NeuronSets sets)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var hidden = first.Apply(pass, readsStream ? stream : x);
        cpu.Activate(Activation.Relu, hidden);
        cpu.ChooseByScore(second.Apply(pass, hidden), threshold, sets);
    }
}
