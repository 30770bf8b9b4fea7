using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Mellum 2 (JetBrains 2026): Qwen3's experts and norms of heads, and a window on most layers, which rotate without YaRN.
/// </summary>
public sealed class Mellum : IArchitecture
{
    private Mellum()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mellum"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        float epsilon = loader.Parameters.RmsEpsilon;
        int inner = loader.Parameters.ExpertLength;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        var windowedRotary = RotaryScaling.Plain(
            RotaryStyle.Halves, RotaryScaling.Base(loader), RotaryScaling.RotaryLength(loader, attention[0].KeyLength));
        var window = SlidingWindow.Read(loader, shape.Layers, everyNthIsGlobal: 4);
        float scale = loader.Parameters.Factor("expert_weights_scale", 1);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary, windowedRotary],
            (i, _) => SelfAttention.Load(
                loader,
                i,
                attention[i],
                new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, Window: window.Of(i)),
                QueryKeyNorm.LoadPerHead(loader, i, attention[i], epsilon),
                window.Has(i) ? windowedRotary : rotary),
            (_, name) => MixtureOfExperts.Load(
                loader,
                name,
                shape.Width,
                inner,
                new GatedUnit(Activation.Silu),
                ExpertRouter.Load(loader, name, shape.Width, RouterScore.Softmax, normalise: true, scale)));
    }
}
