using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// CodeShell (WisdomShell 2023): StarCoder with several KV heads, and rotary pairs half a head apart in place of learned positions.
/// </summary>
public sealed class CodeShell : IArchitecture
{
    private CodeShell()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["codeshell"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.LayerNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, rotary),
            (i, name) => FeedForward.Load(loader, name, shape.Width, inner[i], Activation.Gelu));
    }
}
