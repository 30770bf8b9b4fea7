using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// BitNet b1.58 (Ma et al. 2024): Llama with rotary halves and a norm before the last matrix of attention and of feed-forward; ternary
/// matrices may have a factor beside them.
/// </summary>
public sealed class BitNet : IArchitecture
{
    private BitNet()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["bitnet"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        var rotary = RotaryScaling.Load(loader, RotaryStyle.Halves, attention[0].KeyLength);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [rotary],
            (i, name) => SelfAttention.Load(loader, i, attention[i], null, rotary) with
            {
                OfHeads = loader.RmsNorm(name + "attn_sub_norm", attention[i].Heads * attention[i].ValueLength, epsilon),
            },
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu) with
            {
                Norm = loader.RmsNorm(name + "ffn_sub_norm", inner[i], epsilon),
            });
    }
}
