using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Jais (Sengupta et al. 2023): GPT-2 with ALiBi in place of learned positions, SwiGLU, and attention divided by the key length, not by its root.
/// </summary>
public sealed class Jais : IArchitecture
{
    private Jais()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["jais"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.LayerNormEpsilon;
        float maxBias = loader.Parameters.Float("attention.max_alibi_bias", 0);
        var slopes = maxBias > 0 ? AlibiSlopes.Create(loader, attention[0].Heads, maxBias) : null;
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.LayerNorm(name, shape.Width, epsilon),
            [],
            (i, _) =>
            {
                var settings = new AttentionSettings(attention[i].Heads, 1f / attention[i].KeyLength, AlibiSlopes: slopes);
                return SelfAttention.Load(loader, i, attention[i], settings);
            },
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
