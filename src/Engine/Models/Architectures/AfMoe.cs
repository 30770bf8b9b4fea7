using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Trinity (Arcee 2025): norms on both sides of each branch and of query and key heads, a gate of what the heads give, rotation on the windowed
/// layers alone, and after the first layers experts with a bias that chooses, beside one of all tokens.
/// </summary>
public sealed class AfMoe : IArchitecture
{
    private AfMoe()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["afmoe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadWindowed(loader, RotaryStyle.Halves, attention[0].KeyLength, rotary);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4);
        int dense = loader.Parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        int shared = checked(loader.Parameters.ExpertLength * loader.Parameters.Int("expert_shared_count", 0, 0, 1 << 10));
        var score = ExpertRouter.ReadScore(loader, RouterScore.Sigmoid);
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i));
            var norm = QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon);
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(
                        loader,
                        i,
                        attention[i],
                        settings,
                        GatedHeadsProjection.Load(loader, name, attention[i], Activation.Sigmoid),
                        window.Has(i) ? [norm, windowedRotary] : [norm]),
                    loader.RmsNorm(name + "post_attention_norm", shape.Width, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    FeedForwardOf(i, name),
                    loader.RmsNorm(name + "post_ffw_norm", shape.Width, epsilon)));
        });
        return new Decoder(
            loader,
            shape,
            new ScaledEmbedding(loader.TokenEmbedding(shape), MathF.Sqrt(shape.Width)),
            [rotary, windowedRotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));

        ISublayer FeedForwardOf(int layer, string name)
        {
            if (layer < dense)
                return GatedFeedForward.Load(loader, name, shape.Width, inner[layer], Activation.Silu);
            if (shared > 0)
                return SharedExpert.LoadUngated(loader, name, shape.Width, shared, score, normalise, scale);
            var router = ExpertRouter.Load(loader, name, shape.Width, score, normalise, scale);
            return MixtureOfExperts.Load(loader, name, shape.Width, loader.Parameters.ExpertLength, new GatedUnit(Activation.Silu), router);
        }
    }
}
