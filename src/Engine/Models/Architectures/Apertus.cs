using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Apertus (Swiss AI 2025): norms of query and key heads, rotary halves, and a feed-forward without a gate whose activation, xIELU, was learned
/// with its layer.
/// </summary>
public sealed class Apertus : IArchitecture
{
    private Apertus()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["apertus"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var activations = Xielu.Read(loader, shape.Layers);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon), rotary),
            (i, name) => XieluFeedForward.Load(loader, name, shape.Width, inner[i], activations[i]));
    }
}
