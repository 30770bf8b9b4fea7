using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Nemotron-4 and Minitron (Parmar et al. 2024): LayerNorm with biases, rotary halves on a part of each head, a feed-forward of squared
/// ReLU without a gate, whose zeros are true zeros. Norm weights in files are the factors themselves.
/// </summary>
public sealed class Nemotron : Architecture, IArchitecture<Nemotron>
{
    private readonly Decoder decoder;

    private Nemotron(ModelLoader loader, ModelShape shape)
        : base(loader, shape)
    {
        float epsilon = loader.Parameters.Float("attention.layer_norm_epsilon");
        int[] inner = loader.Parameters.IntPerLayer("feed_forward_length", shape.Layers, 1, 1 << 20);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int headLength = attention[0].KeyLength;
        int rotaryLength = loader.Parameters.Int("rope.dimension_count", headLength, 2, headLength);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, rotaryLength, headLength);
        var embedding = loader.TokenEmbedding("token_embd.weight", shape.VocabularySize, shape.Width);
        var layers = new IDecoderLayer[shape.Layers];
        for (int i = 0; i < layers.Length; i++)
        {
            string name = $"blk.{i}.";
            layers[i] = new PreNormLayer(
                loader.LayerNorm(name + "attn_norm", shape.Width, epsilon),
                SelfAttention.Load(loader, i, attention[i], rotary),
                loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                FeedForward.Load(loader, name, shape.Width, inner[i], Activation.ReluSquared));
        }

        decoder = new Decoder(
            embedding,
            [rotary],
            layers,
            loader.LayerNorm("output_norm", shape.Width, epsilon),
            loader.OutputHead(shape.VocabularySize, shape.Width));
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["nemotron"];

    /// <inheritdoc/>
    public static Nemotron Load(ModelLoader loader) => new(loader, ModelShape.Read(loader));

    /// <inheritdoc/>
    public override KvLayerShape[] CacheLayers(KvType keys, KvType values) => decoder.CacheLayers(keys, values);

    /// <inheritdoc/>
    public override void Forward(ForwardPass pass) => decoder.Forward(pass);
}
