using Hearth.Kernels.Attention;

namespace Hearth.Engine.Models.Layers;

/// <summary>The frame of a decoder: embed, layer after layer, logits.</summary>
public sealed class Decoder : Architecture
{
    private readonly IEmbedding embedding;
    private readonly IReadOnlyList<RotaryEmbedding> rotaries;
    private readonly IReadOnlyList<IDecoderLayer> layers;
    private readonly OutputHead output;

    /// <summary>Puts a model together.</summary>
    /// <param name="loader">Where its weights came from.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="embedding">Token embedding.</param>
    /// <param name="rotaries">Rotary embeddings whose angles the layers use.</param>
    /// <param name="layers">The layers.</param>
    /// <param name="output">Norm and logits.</param>
    /// <exception cref="InvalidModelException">A rotary frequency is out of range.</exception>
    public Decoder(
        ModelLoader loader,
        ModelShape shape,
        IEmbedding embedding,
        IReadOnlyList<RotaryEmbedding> rotaries,
        IReadOnlyList<IDecoderLayer> layers,
        OutputHead output)
        : base(loader, shape)
    {
        ArgumentNullException.ThrowIfNull(rotaries);
        foreach (var rotary in rotaries)
            rotary.Check(loader);
        this.embedding = embedding;
        this.rotaries = [.. rotaries.Distinct()];
        this.layers = layers;
        this.output = output;
    }

    /// <inheritdoc/>
    public override KvLayerShape[] CacheLayers(KvType keys, KvType values) => [.. layers.Select(layer => layer.Cache(keys, values))];

    /// <inheritdoc/>
    public override void Forward(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = embedding.Apply(pass);                                        // [n, width]
        for (int i = 0; i < rotaries.Count; i++)
            pass.Prepare(rotaries[i]);
        for (int i = 0; i < layers.Count; i++)
            x = layers[i].Forward(pass, x, isLast: i == layers.Count - 1);
        if (x.Count != pass.Batch.OutputCount)
            x = pass.SelectOutputs(x);
        pass.Emit(output.Apply(pass, x));                                     // [outputs, vocabulary or width]
    }
}
