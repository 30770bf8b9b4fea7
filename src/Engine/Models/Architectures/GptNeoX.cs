using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// GPT-NeoX and Pythia (Black et al. 2022): LayerNorm, rotary halves on a part of each head, attention and feed-forward side by side on norms
/// of their own, or one after the other where the file says so.
/// </summary>
public sealed class GptNeoX : IArchitecture
{
    private GptNeoX()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gptneox"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        bool isParallel = loader.Parameters.Flag("use_parallel_residual", true);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var attentionNorm = loader.LayerNorm(name + "attn_norm", shape.Width, epsilon);
            var feedForwardNorm = loader.LayerNorm(name + "ffn_norm", shape.Width, epsilon);
            var attend = SelfAttention.Load(loader, i, attention[i], null, rotary);
            var feedForward = FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu);
            return isParallel
                ? new ParallelLayer(attentionNorm, attend, feedForwardNorm, feedForward)
                : new SequentialLayer(new Branch(attentionNorm, attend), new Branch(feedForwardNorm, feedForward));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.LayerNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
