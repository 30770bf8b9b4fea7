using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Falcon-H1 (TII 2025): attention and Mamba-2 read the same normed rows side by side in every layer, then SwiGLU. Its many multipliers are
/// in the weights already.
/// </summary>
public sealed class FalconH1 : IArchitecture
{
    private FalconH1()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["falcon-h1"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        var recurrence = StateSpaceShape.ReadHeads(loader, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    new SummedMixers(
                        SelfAttention.Load(loader, i, attention[i], null, rotary),
                        Mamba2Mixer.Load(loader, i, recurrence, epsilon))),
                new Branch(
                    FeedForwardNorm(name),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));

        // The converter writes this norm without the usual ending.
        INorm FeedForwardNorm(string name) => loader.Has(name + "ffn_norm")
            ? new RmsNorm(loader.Vector(name + "ffn_norm", shape.Width), epsilon)
            : loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon);
    }
}
