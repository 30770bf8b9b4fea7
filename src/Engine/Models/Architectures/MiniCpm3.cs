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
    private const int MaxRank = 1 << 16;
    private const int MaxHeadLength = 1024;

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
        int heads = parameters.IntPerLayer("attention.head_count", shape.Layers, 1, MaxHeadLength)[0];
        int queryRank = parameters.Int("attention.q_lora_rank", 1, MaxRank);
        int rotaryLength = parameters.Int("rope.dimension_count", 2, MaxHeadLength);
        int key = parameters.Int("attention.key_length", rotaryLength + 1, MaxHeadLength);
        var latent = new LatentShape(
            heads,
            parameters.Int("attention.kv_lora_rank", 1, MaxRank),
            key - rotaryLength,
            rotaryLength,
            parameters.Int("attention.value_length", 1, MaxHeadLength));
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, rotaryLength);
        var settings = new AttentionSettings(heads, 1 / MathF.Sqrt(key));

        // Files do not have these, so they are the model's own.
        float branchScale = 1.4f / MathF.Sqrt(shape.Layers);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var query = new LowRankLinear(
                loader.Linear(name + "attn_q_a", queryRank, shape.Width),
                loader.RmsNorm(name + "attn_q_a_norm", queryRank, epsilon),
                loader.Linear(name + "attn_q_b", heads * key, queryRank));
            var project = new ExpandedLatentProjection(
                query,
                loader.Linear(name + "attn_kv_a_mqa", latent.Rank + rotaryLength, shape.Width),
                loader.RmsNorm(name + "attn_kv_a_norm", latent.Rank, epsilon),
                loader.Linear(name + "attn_kv_b", heads * (latent.Content + latent.Value), latent.Rank),
                latent);
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, latent.Expanded(shape.Width), settings, project, new RotaryTail(rotary)),
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
