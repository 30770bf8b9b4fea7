using Hearth.Kernels.Attention;

namespace Hearth.Engine.Models.Layers;

/// <summary>The frame of a decoder: embed, layer after layer, norm, logits.</summary>
/// <param name="Embedding">Token embedding.</param>
/// <param name="Rotaries">Rotary embeddings whose angles the layers use.</param>
/// <param name="Layers">The layers.</param>
/// <param name="OutputNorm">Before the output matrix.</param>
/// <param name="Output">[vocabulary, width].</param>
public sealed record Decoder(
    TokenEmbedding Embedding,
    IReadOnlyList<RotaryEmbedding> Rotaries,
    IReadOnlyList<IDecoderLayer> Layers,
    INorm OutputNorm,
    Linear Output)
{
    /// <summary>What each layer keeps in the cache.</summary>
    public KvLayerShape[] CacheLayers(KvType keys, KvType values) => [.. Layers.Select(layer => layer.Cache(keys, values))];

    /// <summary>Computes a batch.</summary>
    public void Forward(ForwardPass pass)
    {
        var x = Embedding.Apply(pass);                                        // [n, width]
        for (int i = 0; i < Rotaries.Count; i++)
            pass.Prepare(Rotaries[i]);
        for (int i = 0; i < Layers.Count; i++)
            x = Layers[i].Forward(pass, x, isLast: i == Layers.Count - 1);
        pass.Emit(Output.Apply(pass, OutputNorm.Apply(pass, x)));             // [outputs, vocabulary]
    }
}
