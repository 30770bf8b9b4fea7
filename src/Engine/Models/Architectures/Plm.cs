using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// PLM (PLM Team 2025): multi-head latent attention whose keys and values are made for every head, the square of a ReLU, tied output.
/// </summary>
public sealed class Plm : IArchitecture
{
    private const int MaxRank = 1 << 16;
    private const int MaxHeadLength = 1024;

    private Plm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["plm"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        int heads = parameters.IntPerLayer("attention.head_count", shape.Layers, 1, MaxHeadLength)[0];
        int rotaryLength = parameters.Int("rope.dimension_count", 2, MaxHeadLength);
        int key = parameters.Int("attention.key_length", rotaryLength + 1, MaxHeadLength);
        var latent = new LatentShape(
            heads,
            parameters.Int("attention.kv_lora_rank", 1, MaxRank),
            key - rotaryLength,
            rotaryLength,
            parameters.Int("attention.value_length", 1, MaxHeadLength));
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, rotaryLength);
        var settings = new AttentionSettings(heads, 1 / MathF.Sqrt(key));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var project = new ExpandedLatentProjection(
                loader.Linear(name + "attn_q", heads * key, shape.Width),
                loader.Linear(name + "attn_kv_a_mqa", latent.Rank + rotaryLength, shape.Width),
                loader.RmsNorm(name + "attn_kv_a_norm", latent.Rank, epsilon),
                loader.Linear(name + "attn_kv_b", heads * (latent.Content + latent.Value), latent.Rank),
                latent);
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, latent.Expanded(shape.Width), settings, project, new RotaryTail(rotary))),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForward.Load(loader, name, shape.Width, inner[i], Activation.ReluSquared)));
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
