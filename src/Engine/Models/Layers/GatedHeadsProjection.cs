using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values, and a gate of what the heads give from a matrix of its own.</summary>
/// <param name="Project">Queries, keys and values.</param>
/// <param name="Gate">[heads x value length, width], or [heads, width].</param>
/// <param name="Activation">The function of the gate.</param>
public sealed record GatedHeadsProjection(IQkvProjection Project, Linear Gate, Activation Activation) : IQkvProjection
{
    /// <summary>Loads <c>attn_gate</c> of a layer, and what makes its queries, keys and values.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static GatedHeadsProjection Load(ModelLoader loader, string layer, in AttentionShape shape, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        bool isOfHeads = loader.Has(layer + "attn_gate.weight") && loader.RowsOf(layer + "attn_gate.weight") == shape.Heads;
        int outputs = isOfHeads ? shape.Heads : shape.Heads * shape.ValueLength;
        return new GatedHeadsProjection(
            IQkvProjection.Load(loader, layer, shape), loader.Linear(layer + "attn_gate", outputs, shape.Width), activation);
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var qkv = Project.Apply(pass, x);
        var gate = Gate.Apply(pass, x);
        pass.Cpu.Activate(Activation, gate);
        return qkv with { Gate = gate };
    }
}
