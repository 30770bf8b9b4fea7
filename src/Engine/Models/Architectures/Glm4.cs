using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// GLM-4-0414 (Zhipu 2025): rotary pairs on a part of each head, norms before and after each branch, fused gate and up, biases on queries,
/// keys and values where the file has them.
/// </summary>
public sealed class Glm4 : IArchitecture
{
    private Glm4()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["glm4"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = Rotary(loader, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null, rotary), loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    FusedGatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu), loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }

    /// <summary>
    /// Files of GLM-4.1V's text model have sections of time, height and width, which all count positions here, and with them halves; pairs
    /// beyond have no position at all.
    /// </summary>
    private static RotaryEmbedding Rotary(ModelLoader loader, int headLength)
    {
        int[] sections = loader.Parameters.IntPerLayer("rope.dimension_sections", 4, 0, 1 << 16, fallback: 0);
        if (sections[0] == 0 || sections[1] == 0)
            return RotaryScaling.Load(loader, RotaryStyle.Pairs, headLength);
        int all = sections.Sum();
        return RotaryScaling.Load(loader, RotaryStyle.Halves, headLength).Stilling(pair => pair % all >= all - sections[3]);
    }
}
