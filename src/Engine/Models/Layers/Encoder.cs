using Hearth.Kernels.Attention;

namespace Hearth.Engine.Models.Layers;

/// <summary>The frame of an encoder: embed, layer after layer, states.</summary>
public sealed class Encoder : Architecture
{
    private readonly IEmbedding embedding;
    private readonly IReadOnlyList<RotaryEmbedding> rotaries;
    private readonly IReadOnlyList<IDecoderLayer> layers;
    private readonly IReadOnlyList<IRowMap> outputs;

    /// <summary>Puts a model together.</summary>
    /// <param name="loader">Where its weights came from.</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="embedding">Token embedding.</param>
    /// <param name="rotaries">Rotary embeddings whose angles the layers use.</param>
    /// <param name="layers">The layers; their attention is not causal.</param>
    /// <param name="outputs">What follows the last layer, row by row, in order.</param>
    /// <exception cref="InvalidModelException">A rotary frequency is out of range.</exception>
    public Encoder(
        ModelLoader loader,
        ModelShape shape,
        IEmbedding embedding,
        IReadOnlyList<RotaryEmbedding> rotaries,
        IReadOnlyList<IDecoderLayer> layers,
        params IReadOnlyList<IRowMap> outputs)
        : base(loader, shape)
    {
        ArgumentNullException.ThrowIfNull(rotaries);
        foreach (var rotary in rotaries)
            rotary.Check(loader);
        this.embedding = embedding;
        this.rotaries = rotaries;
        this.layers = layers;
        this.outputs = outputs;
    }

    /// <inheritdoc/>
    public override bool IsEncoder => true;

    /// <summary>Keys and values as they are, whatever types are asked for: they live for one pass, and rounding them would save nothing.</summary>
    public override KvLayerShape[] CacheLayers(KvType keys, KvType values) => [.. layers.Select(layer => layer.Cache(KvType.F32, KvType.F32))];

    /// <inheritdoc/>
    public override void Forward(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = embedding.Apply(pass);                                        // [n, width]
        for (int i = 0; i < rotaries.Count; i++)
            pass.Prepare(rotaries[i]);
        for (int i = 0; i < layers.Count; i++)
            x = layers[i].Forward(pass, x, isLast: i == layers.Count - 1);
        for (int i = 0; i < outputs.Count; i++)
            x = outputs[i].Apply(pass, x);
        pass.Emit(x);                                                         // [outputs, width]
    }
}
