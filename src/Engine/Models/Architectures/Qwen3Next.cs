using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Qwen3-Next (Qwen 2025): gated delta nets, and every fourth layer attention whose heads are gated, with norms of query and key heads and
/// partial rotary halves; experts with normalised weights and a shared expert behind a sigmoid gate.
/// </summary>
public sealed class Qwen3Next : IArchitecture
{
    private Qwen3Next()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["qwen3next"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        var delta = StateSpaceShape.ReadHeads(loader, shape.Width);
        var heads = HeadMap.Grouped(delta.Rank, delta.Groups, delta.StateLength, delta.HeadLength);
        int interval = loader.Parameters.Int("full_attention_interval", 4, 1, 1 << 16);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, name) => (i + 1) % interval == 0 ? FullAttention(name, i) : LinearAttention(i),
            (_, name) => SharedExpert.LoadGated(loader, name, shape.Width, normalise: true),
            feedForwardNorm: "post_attention_norm");

        ISublayer FullAttention(string name, int layer) => SelfAttention.Load(
            loader,
            layer,
            attention[layer],
            null,
            GatedQkvProjection.Load(loader, name, attention[layer]),
            QueryKeyNorm.LoadPerHead(loader, layer, attention[layer], epsilon),
            rotary);

        ISublayer LinearAttention(int layer) => GatedDeltaNet.Load(
            loader, layer, delta, heads, FusedDeltaRates.Load(loader, layer, delta.Rank, delta.Groups, shape.Width), epsilon);
    }
}
