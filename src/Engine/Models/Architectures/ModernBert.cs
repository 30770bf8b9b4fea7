using Hearth.Engine.Models.Layers;
using Hearth.Engine.Sessions;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// ModernBERT (Warner et al. 2024) and the encoders built on it (Granite Embedding R2, GTE): norms before the branches, none before the first,
/// rotary halves, GeGLU; every third layer sees the whole text, the others half a window on each side and with a rotary base of their own.
/// </summary>
public sealed class ModernBert : IArchitecture
{
    private ModernBert()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["modern-bert"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 3, globalFirst: true).OnBothSides();
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var activation = loader.Parameters.Activation(Activation.Gelu);
        var embedding = new NormedEmbedding(
            loader.TokenEmbedding(shape), loader.LayerNorm("token_embd_norm", shape.Width, epsilon));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Causal: false, Window: window.Of(i));
            return new SequentialLayer(
                new Branch(
                    loader.Has(name + "attn_norm.weight") ? loader.LayerNorm(name + "attn_norm", shape.Width, epsilon) : null,
                    SelfAttention.Load(loader, i, attention[i], settings, window.Has(i) ? windowedRotary : rotary)),
                new Branch(
                    loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon),
                    FusedGatedFeedForward.Load(loader, name, shape.Width, inner[i], activation)));
        });
        return new Encoder(
            loader, shape, embedding, [rotary, windowedRotary], layers, loader.LayerNorm("output_norm", shape.Width, epsilon))
        {
            Classifier = TextClassifier.Of(Pooling.Mean, ClassificationHead.Load(loader, shape.Width, Activation.Gelu, epsilon)),
        };
    }
}
