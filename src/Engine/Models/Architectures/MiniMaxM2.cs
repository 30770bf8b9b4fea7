using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// MiniMax-M2 (2025): norms of the whole query and key projections, rotary halves on a part of each head, and on every layer experts
/// chosen by sigmoid scores with a bias.
/// </summary>
public sealed class MiniMaxM2 : IArchitecture
{
    private MiniMaxM2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["minimax-m2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var score = ExpertRouter.ReadScore(loader, RouterScore.Sigmoid);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, _) => SelfAttention.Load(loader, i, attention[i], null, QueryKeyNorm.LoadWhole(loader, i, attention[i], epsilon), rotary),
            (_, name) => MixtureOfExperts.Load(
                loader, name, shape.Width, loader.Parameters.ExpertLength, Activation.Silu, score, normalise: true));
    }
}
