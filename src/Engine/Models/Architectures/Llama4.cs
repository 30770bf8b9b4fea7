using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Llama 4 (Meta 2025): three layers with rotation and attention in chunks to a global one without rotation, whose queries grow with the
/// position; in some layers one expert of many, its input weighed by a sigmoid, beside an expert of all tokens.
/// </summary>
public sealed class Llama4 : IArchitecture
{
    private const int LayersPerGlobal = 4;
    private const int Chunk = 8192;
    private const float TemperatureScale = 0.1f;

    // The form with 128 experts does without norms of queries and keys, and files do not say so.
    private const int ExpertsWithoutNorms = 128;

    private Llama4()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["llama4"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.LoadWindowed(loader, RotaryStyle.Pairs, attention[0].KeyLength, rotary);
        int experts = loader.Parameters.Int("expert_count", 0, 0, 1 << 14);
        int expertStep = loader.Parameters.Int("interleave_moe_layer_step", 0, 0, 1 << 16);
        bool chunked = loader.Parameters.Int("attention.sliding_window", Chunk, 0, int.MaxValue) > 0;
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: LayersPerGlobal).WithSize(chunked ? Chunk : 0);
        var norm = new QueryKeyNorm(null, null, epsilon, PerHead: true);
        IQkvStep[] plain = [new PositionScale(TemperatureScale, Chunk, Offset: 1)];
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary, windowedRotary],
            (i, _) =>
            {
                var turn = window.Has(i) ? windowedRotary : rotary;
                IQkvStep[] rotated = experts == ExpertsWithoutNorms ? [turn] : [turn, norm];
                bool rotates = !chunked || (i + 1) % LayersPerGlobal != 0;
                var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Chunk: window.Of(i));
                return SelfAttention.Load(loader, i, attention[i], settings, rotates ? rotated : plain);
            },
            (i, name) => expertStep > 0 && (i + 1) % expertStep == 0
                ? Experts(loader, name, shape.Width)
                : GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }

    private static SharedExpert Experts(ModelLoader loader, string name, int width)
    {
        int inner = loader.Parameters.Int("expert_feed_forward_length");
        var mixture = MixtureOfExperts.Load(
            loader, name, width, inner, Activation.Silu, RouterScore.SigmoidOfChosen, normalise: false);
        return new SharedExpert(
            mixture with { Weighting = new WeightedInputs() },
            GatedFeedForward.Load(loader, name, width, inner, Activation.Silu, "_shexp"),
            null);
    }
}
