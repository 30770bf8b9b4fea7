using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Attention;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>Refact (Small Magellanic Cloud AI 2023): Llama with one KV head, and ALiBi in place of rotation.</summary>
public sealed class Refact : IArchitecture
{
    private Refact()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["refact"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;

        // Files do not say how steep; the paper's 8 is the family's.
        var slopes = AlibiSlopes.Create(loader, attention[0].Heads, 8);
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [],
            (i, _) =>
            {
                var settings = new AttentionSettings(attention[i].Heads, attention[i].DefaultScale, AlibiSlopes: slopes);
                return SelfAttention.Load(loader, i, attention[i], settings);
            },
            (i, name) => GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
