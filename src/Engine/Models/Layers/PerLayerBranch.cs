using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>norm(project(gelu(gate x) * input)), the input being the layer's own row of each token.</summary>
/// <param name="Inputs">The rows.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Gate">[length, width].</param>
/// <param name="Project">[width, length].</param>
/// <param name="Norm">The norm.</param>
public sealed record PerLayerBranch(PerLayerInputs Inputs, int Layer, Linear Gate, Linear Project, INorm Norm) : ISublayer
{
    /// <summary>Loads <c>inp_gate</c>, <c>proj</c> and <c>post_norm</c> of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static PerLayerBranch Load(ModelLoader loader, PerLayerInputs inputs, int layer, int width, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(inputs);
        string name = $"blk.{layer}.";
        return new PerLayerBranch(
            inputs,
            layer,
            loader.Linear(name + "inp_gate", inputs.Length, width),
            loader.Linear(name + "proj", width, inputs.Length),
            loader.RmsNorm(name + "post_norm", width, epsilon));
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Project.Outputs);
        using var scope = pass.Cpu.Scope();
        var inputs = Inputs.Of(pass, Layer);
        if (inputs.Count != x.Count)
            inputs = pass.SelectOutputs(inputs);
        var gate = Gate.Apply(pass, x);
        pass.Cpu.Gate(Activation.Gelu, gate, inputs, gate);
        pass.Cpu.Copy(Norm.Apply(pass, Project.Apply(pass, gate)), y);
        return y;
    }
}
