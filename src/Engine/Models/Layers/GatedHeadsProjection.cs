using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values, and a gate of what each head gives from a matrix of its own.</summary>
/// <param name="Project">Queries, keys and values.</param>
/// <param name="Gate">[heads x value length, width].</param>
public sealed record GatedHeadsProjection(IQkvProjection Project, Linear Gate) : IQkvProjection
{
    /// <summary>Loads <c>attn_gate</c>, <c>attn_q</c>, <c>attn_k</c> and <c>attn_v</c> of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static GatedHeadsProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new GatedHeadsProjection(
            QkvProjection.Load(loader, layer, shape), loader.Linear(layer + "attn_gate", shape.Heads * shape.ValueLength, shape.Width));
    }

    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x) => Project.Apply(pass, x) with { Gate = Gate.Apply(pass, x) };
}
