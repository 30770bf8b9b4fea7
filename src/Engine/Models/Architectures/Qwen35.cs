using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Qwen3.5 (Qwen 2026), dense or with experts: gated delta nets, and every fourth layer attention whose heads are gated, with norms of
/// query and key heads and partial rotary halves. Text alone: its rotary sections of time, height and width then all count positions.
/// </summary>
public sealed class Qwen35 : IArchitecture
{
    private Qwen35()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["qwen35", "qwen35moe"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        bool isMixture = loader.Architecture == "qwen35moe";
        int[] inner = isMixture ? [] : loader.Parameters.FeedForwardLengths(shape.Layers);
        var delta = StateSpaceShape.ReadHeads(loader, shape.Width);
        var heads = HeadMap.InTurn(delta.Rank, delta.Groups, delta.StateLength, delta.HeadLength);
        int interval = loader.Parameters.Int("full_attention_interval", 4, 1, 1 << 16);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength).Stilling(OutsideOfSections(loader));
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, name) => (i + 1) % interval == 0 ? FullAttention(name, i) : LinearAttention(i),
            (i, name) => FeedForwardOf(name, i),
            feedForwardNorm: "post_attention_norm");

        ISublayer FullAttention(string name, int layer) => SelfAttention.Load(
            loader,
            layer,
            attention[layer],
            null,
            GatedQkvProjection.Load(loader, name, attention[layer]),
            QueryKeyNorm.LoadPerHead(loader, layer, attention[layer], epsilon),
            rotary);

        ISublayer FeedForwardOf(string name, int layer) => isMixture
            ? SharedExpert.LoadGated(loader, name, shape.Width, normalise: true)
            : GatedFeedForward.Load(loader, name, shape.Width, inner[layer], Activation.Silu);

        ISublayer LinearAttention(int layer) => GatedDeltaNet.Load(
            loader, layer, delta, heads, DeltaRates.Load(loader, layer, delta.Rank, shape.Width), epsilon);
    }

    /// <summary>Pairs take turns among time, height and width until a section is full; those beyond have no position at all.</summary>
    private static Func<int, bool> OutsideOfSections(ModelLoader loader)
    {
        int[] sections = loader.Parameters.IntPerLayer("rope.dimension_sections", 4, 0, 1 << 16, fallback: 0);
        int all = sections.Sum();
        return pair =>
        {
            (int turn, int section) = all == 0 ? (-1, 0) : Math.DivRem(pair % all, 3);
            return turn >= sections[section];
        };
    }
}
