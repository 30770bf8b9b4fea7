using Hearth.Engine.Models.Layers;

namespace Hearth.Engine.Models.Architectures;

/// <summary>
/// Mamba (Gu and Dao 2023) and Falcon Mamba (TII 2024), which also norms what selects: no attention and no feed-forward, one mixer a
/// layer whose state has a fixed size.
/// </summary>
public sealed class Mamba : IArchitecture
{
    private Mamba()
    {
    }

    /// <inheritdoc/>
    public static IReadOnlyList<string> Names { get; } = ["mamba"];

    /// <inheritdoc/>
    public static Architecture Load(ModelLoader loader)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var shape = ModelShape.Read(loader);
        float epsilon = loader.Parameters.RmsEpsilon;
        var mixer = StateSpaceShape.Read(loader, shape.Width);
        var norm = loader.Parameters.Flag("ssm.dt_b_c_rms", false) ? new SelectionNorm(null, null, null, epsilon) : null;
        var layers = ModelLoader.Layers(shape, i => new ResidualLayer(new Branch(
            loader.RmsNorm($"blk.{i}.attn_norm", shape.Width, epsilon),
            MambaMixer.Load(loader, i, mixer, norm))));
        return new Decoder(
            loader,
            shape,
            loader.TokenEmbedding(shape),
            [],
            layers,
            new OutputHead(loader.RmsNorm("output_norm", shape.Width, epsilon), loader.OutputMatrix(shape)));
    }
}
