using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// DeepSeek-V2, V2-Lite, V3 and R1 (DeepSeek-AI 2024): multi-head latent attention, and after a few dense layers a mixture of many small
/// experts with an expert of all tokens, chosen group-wise in the larger models.
/// </summary>
public sealed class DeepSeek2 : IArchitecture
{
    private const int MaxRank = 1 << 16;
    private const int MaxHeadLength = 1024;

    private DeepSeek2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["deepseek2", "mistral4"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        int dense = parameters.Int("leading_dense_block_count", 0, 0, shape.Layers);
        var latent = ReadLatentShape(loader, shape.Layers);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, latent.Rotary);
        float sharpness = Sharpness(loader, ref rotary);
        IReadOnlyList<IQkvStep> steps = [new RotaryTail(rotary), .. Temperature(parameters)];
        var settings = new AttentionSettings(latent.Heads, sharpness * sharpness / MathF.Sqrt(latent.Key));
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    Attention(loader, i, shape.Width, latent, settings, steps, epsilon)),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    i < dense
                        ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                        : Experts(loader, name, shape.Width)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }

    /// <summary>Files made for the absorbed form keep the heads' own lengths under other keys, since theirs are those of the latent head.</summary>
    private static LatentShape ReadLatentShape(ModelLoader loader, int layers)
    {
        var parameters = loader.Parameters;
        int heads = parameters.IntPerLayer("attention.head_count", layers, 1, MaxHeadLength)[0];
        int rank = parameters.Int("attention.kv_lora_rank", 1, MaxRank);
        int rotary = parameters.Int("rope.dimension_count", 2, MaxHeadLength);
        string ending = parameters.Has("attention.key_length_mla") ? "_mla" : "";
        int key = parameters.Int("attention.key_length" + ending, rotary + 1, MaxHeadLength);
        int value = parameters.Int("attention.value_length" + ending, 1, MaxHeadLength);
        return new LatentShape(heads, rank, key - rotary, rotary, value);
    }

    /// <summary>
    /// How much sharper stretching makes queries and keys, each. A file with a multiplier wants it all in the scale of attention and none in
    /// the rotation; the multiplier is stored with its factor of 0.1.
    /// </summary>
    private static float Sharpness(ModelLoader loader, ref RotaryEmbedding rotary)
    {
        var parameters = loader.Parameters;
        double growth = PortableMath.Log(RotaryScaling.Stretch(loader));
        double multiplier = parameters.Float("rope.scaling.yarn_log_multiplier", 0);
        double ofMultiplier = 1 + (multiplier * growth);

        // Without YaRN the rotation has no magnitude, but the reference engine gives the scale its share of one.
        if (!RotaryScaling.IsYarn(loader))
            return (float)(rotary.Magnitude * (1 + (0.1 * growth)) * ofMultiplier);
        if (multiplier != 0)
            rotary = rotary.WithMagnitude(parameters.Float("rope.scaling.attn_factor", 1));
        return (float)(rotary.Magnitude * ofMultiplier);
    }

    /// <summary>Mistral Large 3 and Mistral 4 are of this family too, and their queries grow with the position.</summary>
    private static IReadOnlyList<IQkvStep> Temperature(HyperParameters parameters)
        => parameters.Float("attention.temperature_scale", 0) is float scale and not 0
            ? [new PositionScale(scale, parameters.Int("attention.temperature_length", 1, int.MaxValue))]
            : [];

    private static SelfAttention Attention(
        ModelLoader loader, int layer, int width, LatentShape shape, AttentionSettings settings, IReadOnlyList<IQkvStep> steps, float epsilon)
    {
        string name = $"blk.{layer}.";
        int queryRank = loader.Parameters.Int("attention.q_lora_rank", 0, 0, MaxRank);
        IRowMap query = queryRank == 0
            ? loader.Linear(name + "attn_q", shape.Heads * shape.Key, width)
            : new LowRankLinear(
                loader.Linear(name + "attn_q_a", queryRank, width),
                loader.RmsNorm(name + "attn_q_a_norm", queryRank, epsilon),
                loader.Linear(name + "attn_q_b", shape.Heads * shape.Key, queryRank));
        var latent = loader.Linear(name + "attn_kv_a_mqa", shape.Rank + shape.Rotary, width);
        var norm = loader.RmsNorm(name + "attn_kv_a_norm", shape.Rank, epsilon);
        var output = loader.Linear(name + "attn_output", width, shape.Heads * shape.Value);
        if (!loader.Has(name + "attn_k_b.weight"))
        {
            var expand = loader.Linear(name + "attn_kv_b", shape.Heads * (shape.Content + shape.Value), shape.Rank);
            var expanded = new ExpandedLatentProjection(query, latent, norm, expand, shape);
            return new SelfAttention(layer, shape.Expanded(width), settings, expanded, steps, null, output);
        }

        var keys = new PerHeadLinear(loader.Matrices(name + "attn_k_b.weight", shape.Heads, shape.Rank, shape.Content));
        var values = new PerHeadLinear(loader.Matrices(name + "attn_v_b.weight", shape.Heads, shape.Value, shape.Rank));
        var absorbed = new AbsorbedLatentProjection(query, latent, norm, keys, shape);
        return new SelfAttention(layer, shape.Absorbed(width), settings, absorbed, steps, values, output);
    }

    private static SharedExpert Experts(ModelLoader loader, string name, int width)
    {
        int inner = loader.Parameters.Int("expert_feed_forward_length");
        int sharedInner = checked(inner * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return SharedExpert.LoadUngated(loader, name, width, sharedInner, ExpertRouter.ReadScore(loader), normalise, scale);
    }
}
