using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MiniCPM (Hu et al. 2024): Llama with a factor on embeddings and on what each branch adds, and a divisor of the logits.
/// </summary>
public sealed class MiniCpm : IArchitecture
{
    private MiniCpm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["minicpm"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        float embeddingScale = Factor("embedding_scale", 12);
        float residualScale = Factor("residual_scale", 1.4f / MathF.Sqrt(shape.Layers));
        float logitScale = Factor("logit_scale", 256f / shape.Width);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null, rotary),
                    Scale: residualScale),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu),
                    Scale: residualScale));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), embeddingScale),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape), Scale: 1 / logitScale));

        // An absent key means the first MiniCPM's factor, but a 0 none at all.
        float Factor(string key, float first) => loader.Parameters.Has(key) ? loader.Parameters.Factor(key, 1) : first;
    }
}
