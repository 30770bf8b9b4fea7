using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>One layer of a decoder.</summary>
public interface IDecoderLayer
{
    /// <summary>What the cache keeps of it.</summary>
    KvLayerShape Cache(KvType keys, KvType values);

    /// <summary>Computes the layer.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width], changed in place.</param>
    /// <param name="isLast">
    /// Whether nothing after this layer mixes positions: once its own attention is done, only the rows that want logits go on.
    /// </param>
    /// <returns><paramref name="x"/>, or the rows that want logits.</returns>
    Rows Forward(ForwardPass pass, Rows x, bool isLast);
}
