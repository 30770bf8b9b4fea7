using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Hunyuan dense (Tencent 2025): Qwen3 with the norms of query and key heads after the rotation, and a base that grows with the
/// context's stretch.
/// </summary>
public sealed class HunyuanDense : IArchitecture
{
    private HunyuanDense()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["hunyuan-dense"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(
            loader, RotaryStyle.Halves, attention[0].KeyLength, StretchedBase(loader, attention[0].KeyLength), YarnSettings.Standard);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary, QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon)),
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }

    /// <summary>base * alpha^(d / (d - 2)), with <c>rope.scaling.alpha</c> as alpha and d values that turn (NTK-aware scaling).</summary>
    private static double StretchedBase(ModelLoader loader, int headLength)
    {
        int length = RotaryScaling.RotaryLength(loader, headLength);
        return RotaryScaling.Base(loader)
            * PortableMath.Pow(loader.Parameters.Positive("rope.scaling.alpha", 1), length / (length - 2.0));
    }
}
