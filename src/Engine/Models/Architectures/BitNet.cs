using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// BitNet b1.58 (Ma et al. 2024): Llama with rotary halves and a norm before the last matrix of attention and of feed-forward; ternary
/// matrices may have a factor beside them.
/// </summary>
public sealed class BitNet : IArchitecture
{
    private BitNet()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bitnet"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], null, rotary) with
                    {
                        OfHeads = loader.RmsNorm(name + "attn_sub_norm", attention[i].Heads * attention[i].ValueLength, epsilon),
                    }),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu) with
                    {
                        Norm = loader.RmsNorm(name + "ffn_sub_norm", inner[i], epsilon),
                    }));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
