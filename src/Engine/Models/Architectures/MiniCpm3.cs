using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MiniCPM 3 (OpenBMB 2024): multi-head latent attention whose keys and values are made for every head, and MiniCPM's factors on embeddings,
/// branches and logits.
/// </summary>
public sealed class MiniCpm3 : IArchitecture
{
    private MiniCpm3()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["minicpm3"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        var latent = LatentShape.Read(loader, shape.Layers);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, latent.Rotary);
        var settings = new AttentionSettings(latent.Heads, 1 / MathF.Sqrt(latent.Key));

        // Files do not have these, so they are the model's own.
        float branchScale = 1.4f / MathF.Sqrt(shape.Layers);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    LatentAttention.Load(loader, i, shape.Width, latent, settings, [new RotaryTail(rotary)], epsilon),
                    Scale: branchScale),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu),
                    Scale: branchScale));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), 12),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape), Scale: 256f / shape.Width));
    }
}
