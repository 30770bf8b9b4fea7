using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>down(activation(gate x) * up x) (Shazeer 2020).</summary>
/// <param name="Gate">[inner, width].</param>
/// <param name="Up">[inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activation">Silu for SwiGLU, Gelu for GeGLU, Relu for ReGLU.</param>
public sealed record GatedFeedForward(Linear Gate, Linear Up, Linear Down, Activation Activation) : IFeedForward
{
    /// <summary>Loads <c>ffn_gate</c>, <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    public static GatedFeedForward Load(ModelLoader loader, string layer, int width, int inner, Activation activation)
        => new(
            loader.Linear(layer + "ffn_gate", inner, width),
            loader.Linear(layer + "ffn_up", inner, width),
            loader.Linear(layer + "ffn_down", width, inner),
            activation);

    /// <inheritdoc/>
    public void AddTo(ForwardPass pass, Rows x, Rows residual)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var gate = cpu.Rent(x.Count, Gate.Outputs);
        var up = cpu.Rent(x.Count, Up.Outputs);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(x);
            cpu.Multiply(ref input, Gate.Weights, gate, Up.Weights, up);
        }

        cpu.AddBias(Gate.Bias, gate);
        cpu.AddBias(Up.Bias, up);
        cpu.Gate(Activation, gate, up, gate);
        Down.AddTo(pass, gate, residual);
    }
}
