using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Phi-3.5-MoE as its files run in the reference engine: root-mean-square norms with a bias, experts chosen by softmax and normalised,
/// LongRoPE factors.
/// </summary>
public sealed class PhiMoe : IArchitecture
{
    private PhiMoe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["phimoe"];

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
                new Branch(Norm(name + "attn_norm"), SelfAttention.Load(loader, i, attention[i], null, rotary)),
                new Branch(
                    Norm(name + "ffn_norm"),
                    MixtureOfExperts.Load(
                        loader, name, shape.Width, inner[i], Activation.Silu, RouterScore.Softmax, normalise: true)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(Norm("output_norm"), loader.OutputMatrix(shape)));

        RmsNormWithBias Norm(string name)
            => new(loader.Vector(name + ".weight", shape.Width), loader.Vector(name + ".bias", shape.Width), epsilon);
    }
}
