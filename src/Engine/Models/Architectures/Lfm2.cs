using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// LFM2 and LFM2-MoE (Liquid AI 2025): short gated convolutions, and on some layers grouped-query attention with norms of query and key
/// heads; SwiGLU, or after the first layers experts chosen by sigmoid scores with a bias.
/// </summary>
public sealed class Lfm2 : IArchitecture
{
    private Lfm2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["lfm2", "lfm2moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        float epsilon = loader.Parameters.RmsEpsilon;
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        int dense = loader.Architecture == "lfm2moe"
            ? loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers)
            : shape.Layers;
        int expertInner = loader.Parameters.Int("expert_feed_forward_length", 0, 0, 1 << 20);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        int window = loader.Architecture == "lfm2" ? loader.Parameters.Int("attention.sliding_window", 0, 0, int.MaxValue) : 0;
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    attention[i].KvHeads == 0
                        ? ShortConvolutionMixer.Load(loader, i, shape.Width)
                        : SelfAttention.Load(
                            loader,
                            i,
                            attention[i],
                            new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window),
                            QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon),
                            rotary)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    i < dense
                        ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                        : MixtureOfExperts.Load(
                            loader, name, shape.Width, expertInner, Activation.Silu, ExpertRouter.ReadScore(loader), normalise: true)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("token_embd_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
