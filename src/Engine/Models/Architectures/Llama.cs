using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Llama 1 to 3.2, Mistral 7B, TinyLlama, SmolLM, InternLM2, XVERSE, ERNIE 4.5 and their kin (Touvron et al. 2023): RMSNorm before attention and
/// feed-forward, rotary pairs of neighbouring values over whole heads, grouped-query attention, SwiGLU; biases, tied output and a
/// mixture of experts (Mixtral: Jiang et al. 2024) where the file has them; ReGLU where it names that activation (ReluLLaMA, ProSparse), ReLU of
/// gate and up in Bamboo (Song et al. 2024).
/// </summary>
public sealed class Llama : IArchitecture
{
    private Llama()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["llama", "internlm2", "xverse", "ernie4_5", "bamboo"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        IGatedUnit unit = loader.Architecture == "bamboo"
            ? new DoubleRelu()
            : new GatedUnit(loader.Parameters.Activation(Activation.Silu));
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        int experts = loader.Parameters.Int("expert_count", 0, 0, 1 << 14);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => experts == 0
                ? GatedFeedForward.Load(loader, name, shape.Width, inner[i], unit)
                : MixtureOfExperts.Load(
                    loader,
                    name,
                    shape.Width,
                    inner[i],
                    unit,
                    ExpertRouter.Load(loader, name, shape.Width, RouterScore.Softmax, normalise: true)));
    }
}
