using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Jina Embeddings 2 (Günther et al. 2023): BERT with linear biases of the attention in place of learned positions, and GeGLU. The form for
/// code also norms queries and keys, and adds and norms each layer's input once more behind the attention.
/// </summary>
public sealed class JinaBertV2 : IArchitecture
{
    private const float MaxBias = 8;

    private JinaBertV2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["jina-bert-v2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var tokens = ShiftedEmbedding.LoadTokenType(loader, loader.TokenEmbedding(shape), shape.Width);
        var embedding = new NormedEmbedding(tokens, loader.LayerNorm("token_embd_norm", shape.Width, epsilon));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(
                attention[i].Heads,
                attention[i].DefaultScale,
                Causal: false,
                AlibiSlopes: AlibiSlopes.Create(loader, attention[i].Heads, MaxBias));
            IQkvStep[] steps = loader.Has(name + "attn_q_norm.weight") ? [WholeLayerNorms.Load(loader, name, attention[i], epsilon)] : [];
            var mixer = SelfAttention.Load(loader, i, attention[i], settings, steps);
            var mixerNorm = loader.LayerNorm(name + "attn_output_norm", shape.Width, epsilon);
            var feedForward = FeedForwardOf(name, inner[i]);
            var feedForwardNorm = loader.LayerNorm(name + "layer_output_norm", shape.Width, epsilon);
            return loader.Has(name + "attn_norm_2.weight")
                ? new TwiceNormedLayer(
                    mixer, mixerNorm, loader.LayerNorm(name + "attn_norm_2", shape.Width, epsilon), feedForward, feedForwardNorm)
                : new PostNormLayer(mixer, mixerNorm, feedForward, feedForwardNorm);
        });
        return new Encoder(loader, shape, embedding, [], layers)
        {
            Classifier = TextClassifier.Of(Pooling.Cls, ClassificationHead.Load(loader, shape.Width, Activation.Tanh, epsilon)),
        };

        ISublayer FeedForwardOf(string name, int neurons)
        {
            if (loader.Has(name + "ffn_gate.weight"))
                return GatedFeedForward.Load(loader, name, shape.Width, neurons, Activation.Gelu);
            return loader.RowsOf(name + "ffn_up.weight") == neurons
                ? FeedForward.Load(loader, name, shape.Width, neurons, Activation.Gelu)
                : FusedGatedFeedForward.Load(loader, name, shape.Width, neurons, Activation.Gelu);
        }
    }
}
