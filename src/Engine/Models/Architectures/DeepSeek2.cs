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
        var latent = LatentShape.Read(loader, shape.Layers);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, latent.Rotary);
        float sharpness = Sharpness(loader, ref rotary);
        IReadOnlyList<IQkvStep> steps = [new RotaryTail(rotary), .. Temperature(parameters)];
        var settings = new AttentionSettings(latent.Heads, sharpness * sharpness / MathF.Sqrt(latent.Key));
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => LatentAttention.Load(loader, i, shape.Width, latent, settings, steps, epsilon),
            (i, name) => i < dense
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)
                : Experts(loader, name, shape.Width));
    }

    /// <summary>
    /// How much sharper stretching makes queries and keys, each. A file with a multiplier wants it all in the scale of attention and none in
    /// the rotation, but Mistral 4's takes there what the multiplier leaves; it is stored with its factor of 0.1.
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
        {
            double magnitude = loader.Architecture == "mistral4" ? (1 + (0.1 * growth)) / ofMultiplier : 1;
            rotary = rotary.WithMagnitude((float)(magnitude * parameters.Float("rope.scaling.attn_factor", 1)));
        }

        return (float)(rotary.Magnitude * ofMultiplier);
    }

    /// <summary>Mistral Large 3 and Mistral 4 are of this family too, and their queries grow with the position.</summary>
    private static IReadOnlyList<IQkvStep> Temperature(HyperParameters parameters)
        => parameters.Float("attention.temperature_scale", 0) is float scale and not 0
            ? [new PositionScale(scale, parameters.Int("attention.temperature_length", 1, int.MaxValue))]
            : [];

    private static SharedExpert Experts(ModelLoader loader, string name, int width)
    {
        int inner = loader.Parameters.Int("expert_feed_forward_length");
        int sharedInner = checked(inner * loader.Parameters.Int("expert_shared_count", 1, 1 << 10));
        bool normalise = loader.Parameters.Flag("expert_weights_norm", false);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return SharedExpert.LoadUngated(loader, name, width, sharedInner, ExpertRouter.ReadScore(loader), normalise, scale);
    }
}
