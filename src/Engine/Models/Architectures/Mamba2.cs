using Hearth.Engine.Models.Layers;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Mamba-2 (Dao and Gu 2024): as Mamba, but with heads whose states are matrices, and a norm of the gated output.
/// </summary>
public sealed class Mamba2 : IArchitecture
{
    private Mamba2()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mamba2"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        float epsilon = loader.Parameters.RmsEpsilon;
        var mixer = StateSpaceShape.ReadHeads(loader, shape.Width);
        var layers = ModelLoader.Layers(shape, i => new ResidualLayer(new Branch(
            loader.RmsNorm($"blk.{i}.attn_norm", shape.Width, epsilon),
            Mamba2Mixer.Load(loader, i, mixer, epsilon))));
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
