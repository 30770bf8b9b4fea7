using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries, keys and values of a layer's input.</summary>
public interface IQkvProjection
{
    /// <summary>Loads <c>attn_qkv</c> of a layer, or <c>attn_q</c>, <c>attn_k</c> and <c>attn_v</c>.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    static IQkvProjection Load(ModelLoader loader, string layer, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return loader.Has(layer + "attn_qkv.weight") ? FusedQkvProjection.Load(loader, layer, shape) : QkvProjection.Load(loader, layer, shape);
    }

    /// <summary>Projects rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width].</param>
    Qkv Apply(ForwardPass pass, Rows x);
}
