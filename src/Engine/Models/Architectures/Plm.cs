using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// PLM (PLM Team 2025): multi-head latent attention whose keys and values are made for every head, the square of a ReLU, tied output.
/// </summary>
public sealed class Plm : IArchitecture
{
    private Plm()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["plm"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var parameters = loader.Parameters;
        var shape = ModelShape.Read(loader);
        int[] inner = parameters.FeedForwardLengths(shape.Layers);
        float epsilon = parameters.RmsEpsilon;
        var latent = LatentShape.Read(loader, shape.Layers);
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, latent.Rotary);
        var settings = new AttentionSettings(latent.Heads, 1 / MathF.Sqrt(latent.Key));
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => LatentAttention.Load(loader, i, shape.Width, latent, settings, [new RotaryTail(rotary)], epsilon),
            (i, name) => FeedForward.Load(loader, name, shape.Width, inner[i], Activation.ReluSquared));
    }
}
