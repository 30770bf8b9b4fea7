using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>scale * (y + branch(y)) with y = layer(x).</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Branch">One more branch, or null.</param>
/// <param name="Scale">Factor of the whole.</param>
public sealed record ScaledLayer(IDecoderLayer Layer, ISublayer? Branch, float Scale) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Layer.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = Layer.Forward(pass, x, isLast);
        using var scope = pass.Cpu.Scope();
        if (Branch != null)
            pass.Cpu.Add(Branch.Apply(pass, y), y);
        if (Scale != 1)
            pass.Cpu.Scale(y, Scale);
        return y;
    }
}
