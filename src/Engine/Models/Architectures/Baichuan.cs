using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Baichuan and Baichuan 2 (2023): Llama; the model of 40 layers, 13B, has linear biases in place of rotation. The number of layers is
/// all by which a file tells them apart.
/// </summary>
public sealed class Baichuan : IArchitecture
{
    private Baichuan()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["baichuan"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Pairs, attention[0].KeyLength);
        bool isLinear = shape.Layers == 40;
        var slopes = isLinear ? AlibiSlopes.Create(loader, attention[0].Heads, 8) : null;
        IReadOnlyList<IQkvStep> steps = isLinear ? [] : [rotary];
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            isLinear ? [] : [rotary],
            (i, _) => SelfAttention.Load(
                loader,
                i,
                attention[i],
                new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, AlibiSlopes: slopes),
                steps),
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
