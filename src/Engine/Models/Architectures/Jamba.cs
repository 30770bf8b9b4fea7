using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Jamba (Lieber et al. 2024): Mamba whose selection is normed, and attention without positions in the layers that the file gives KV heads;
/// SwiGLU, or experts where a layer has a router.
/// </summary>
public sealed class Jamba : IArchitecture
{
    private Jamba()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["jamba"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        var attention = AttentionShape.Read(loader, shape.Layers, shape.Width);
        var recurrence = StateSpaceShape.Read(loader, shape.Width);
        int[] inner = loader.Parameters.FeedForwardLengths(shape.Layers);
        float epsilon = loader.Parameters.RmsEpsilon;
        return PreNormDecoder.Load(
            loader,
            shape,
            name => loader.RmsNorm(name, shape.Width, epsilon),
            [],
            (i, _) => attention[i].KvHeads == 0
                ? MambaMixer.Load(loader, i, recurrence, SelectionNorm.Load(loader, i, recurrence, epsilon))
                : SelfAttention.Load(loader, i, attention[i], null),
            (i, name) => loader.Has(name + "ffn_gate_inp.weight")
                ? MixtureOfExperts.Load(
                    loader, name, shape.Width, inner[i], Activation.Silu, RouterScore.Softmax, normalise: false)
                : GatedFeedForward.Load(loader, name, shape.Width, inner[i], Activation.Silu));
    }
}
