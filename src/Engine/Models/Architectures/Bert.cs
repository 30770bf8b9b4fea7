using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// BERT (Devlin et al. 2019) and the sentence encoders built like it (MiniLM, BGE, E5): learned positions, token types, LayerNorm on the
/// residual stream, attention to the whole text, GELU, biases everywhere.
/// </summary>
public sealed class Bert : IArchitecture
{
    private Bert()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bert"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var positions = loader.Table("position_embd.weight", 0, shape.Width);
        if (positions.Count < shape.ContextLength)
        {
            throw new InvalidModelException(
                $"{loader.Name}: position_embd.weight has {positions.Count} rows, not {shape.ContextLength}; the file is damaged.");
        }

        var tokens = ShiftedEmbedding.LoadTokenType(loader, loader.TokenEmbedding(shape), shape.Width);
        var embedding = new NormedEmbedding(
            new PositionEmbedding(tokens, positions),
            loader.LayerNorm("token_embd_norm", shape.Width, epsilon));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Causal: false);
            return new PostNormLayer(
                SelfAttention.Load(loader, i, attention[i], settings),
                loader.LayerNorm(name + "attn_output_norm", shape.Width, epsilon),
                FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu),
                loader.LayerNorm(name + "layer_output_norm", shape.Width, epsilon));
        });
        return new Encoder(loader, shape, embedding, [], layers)
        {
            Classifier = TextClassifier.Of(Pooling.Cls, ClassificationHead.Load(loader, shape.Width, Activation.Tanh, epsilon)),
        };
    }
}
