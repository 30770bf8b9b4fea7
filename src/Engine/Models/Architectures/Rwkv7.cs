using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// RWKV-7 "Goose" (Peng et al. 2025): no attention; every layer sees the token before and keeps a matrix per head, and the layers after
/// the first mix its values into theirs.
/// </summary>
public sealed class Rwkv7 : Architecture, IArchitecture
{
    private readonly IEmbedding embedding;
    private readonly Rwkv7Layer[] layers;
    private readonly OutputHead output;

    private Rwkv7(ModelLoader loader, ModelShape shape, IEmbedding embedding, Rwkv7Layer[] layers, OutputHead output)
        : base(loader, shape)
    {
        this.embedding = embedding;
        this.layers = layers;
        this.output = output;
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["rwkv7"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        int headLength = loader.Parameters.Int("wkv.head_size", 1, shape.Width);
        if (shape.Width % headLength != 0)
            throw new InvalidModelException($"{loader.Name}: {shape.Width} values are no heads of {headLength}; the file is damaged.");
        int headCount = shape.Width / headLength;
        var heads = HeadMap.Grouped(headCount, headCount, headLength, headLength);
        var layers = new Rwkv7Layer[shape.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = $"blk.{i}.";
            layers[i] = new Rwkv7Layer(
                i,
                loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                Rwkv7TimeMix.Load(loader, i, shape.Width, heads),
                loader.LayerNorm(name + "attn_norm_2", shape.Width, epsilon),
                loader.Vector(name + "channel_mix_lerp_k.weight", shape.Width),
                new FeedForward(
                    loader.Linear(name + "channel_mix_key", inner[i], shape.Width),
                    loader.Linear(name + "channel_mix_value", shape.Width, inner[i]),
                    Activation.ReluSquared));
        }

        return new Rwkv7(
            loader,
            shape,
            new NormedEmbedding(loader.TokenEmbedding(shape), loader.LayerNorm("token_embd_norm", shape.Width, epsilon)),
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }

    /// <inheritdoc/>
    public override KvLayerShape[] CacheLayers(KvType keys, KvType values) => [.. layers.Select(layer => layer.Cache)];

    /// <inheritdoc/>
    public override void Forward(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var x = embedding.Apply(pass);                                        // [n, width]
        var firstValues = pass.Rent(x.Width);
        foreach (var layer in layers)
            layer.Forward(pass, x, firstValues);
        pass.Emit(output.Apply(pass, pass.SelectOutputs(x)));                 // [outputs, vocabulary or width]
    }
}
