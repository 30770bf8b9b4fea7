using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MiMo-V2 (Xiaomi 2025): values shorter than keys, of which a part turns; windowed layers with sinks, KV heads and a rotary base of their own;
/// a factor on what attention adds, and experts with a bias that chooses.
/// </summary>
public sealed class MiMo2 : IArchitecture
{
    private MiMo2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mimo2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadUnstretched(
            loader, RotaryStyle.Halves, RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 0);
        float valueScale = loader.Parameters.Factor("attention.value_scale", 1);
        float weightScale = loader.Parameters.Factor("expert_weights_scale", 1);
        var layers = ModelLoader.Layers(shape, i =>
        {
            string name = $"blk.{i}.";
            var settings = new AttentionSettings(
                attention[i].Heads,
                attention[i].DefaultScale,
                Window: window.Of(i),
                Sinks: loader.OptionalVector(name + "attn_sinks.weight", attention[i].Heads));
            return new SequentialLayer(
                new Branch(
                    loader.RmsNorm(name + "attn_norm", shape.Width, epsilon),
                    SelfAttention.Load(loader, i, attention[i], settings, window.Has(i) ? windowedRotary : rotary),
                    Scale: valueScale),
                new Branch(
                    loader.RmsNorm(name + "ffn_norm", shape.Width, epsilon),
                    loader.Has(name + "ffn_gate_inp.weight")
                        ? MixtureOfExperts.Load(
                            loader,
                            name,
                            shape.Width,
                            loader.Parameters.ExpertLength,
                            new GatedUnit(Activation.Silu),
                            ExpertRouter.Load(loader, name, shape.Width, RouterScore.Sigmoid, normalise: true, weightScale))
                        : GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu)));
        });
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [rotary, windowedRotary],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
