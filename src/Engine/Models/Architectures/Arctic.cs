using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Arctic (Snowflake 2024): Llama's layers, each beside a mixture of experts that reads the layer's input.
/// </summary>
public sealed class Arctic : IArchitecture
{
    private Arctic()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["arctic"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new BesideLayer(
                new SequentialLayer(
                    new Branch(
                        loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                        SelfAttention.Load(loader, i, attention[i], null, rotary)),
                    new Branch(
                        loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                        GatedFeedForward.Load(loader, name, shape.Width, shape.Width, Activation.Silu))),
                loader.RmsNorm(name + "ffn_norm_exps", shape.Width, epsilon),
                MixtureOfExperts.Load(loader, name, shape.Width, inner[i], Activation.Silu, RouterScore.Softmax, normalise: true));
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
