using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// gpt-oss (OpenAI 2025): a mixture of experts with biases everywhere and a clamped SwiGLU, weighed by softmax over the chosen experts;
/// attention with a learned sink per head, every other layer windowed.
/// </summary>
public sealed class GptOss : IArchitecture
{
    private GptOss()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["gpt-oss"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int expertInner = loader.Parameters.Int("expert_feed_forward_length");
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadWindowed(loader, RotaryStyle.Halves, attention[0].KeyLength, rotary);
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 2);
        var unit = new ClampedSwiGlu(Alpha: 1.702f, Limit: 7);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary, windowedRotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], Settings(i), window.Has(i) ? windowedRotary : rotary),
            (_, name) => MixtureOfExperts.Load(
                loader,
                name,
                shape.Width,
                expertInner,
                unit,
                ExpertRouter.Load(loader, name, shape.Width, RouterScore.SoftmaxOfChosen, normalise: false)),
            feedForwardNorm: "post_attention_norm");

        AttentionSettings Settings(int layer) => new(
            attention[layer].Heads,
            attention[layer].DefaultScale,
            Window: window.Of(layer),
            Sinks: loader.OptionalVector($"blk.{layer}.attn_sinks.weight", attention[layer].Heads));
    }
}
