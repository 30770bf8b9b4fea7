using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>layer(x) + beside(norm(x)): a branch past a whole layer, which reads what the layer read.</summary>
/// <param name="Layer">The layer.</param>
/// <param name="Norm">Norm of the branch's input.</param>
/// <param name="Beside">The branch.</param>
public sealed record BesideLayer(IDecoderLayer Layer, INorm Norm, ISublayer Beside) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Layer.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = pass.Cpu.Scope();
        var beside = Beside.Apply(pass, Norm.Apply(pass, x));
        var y = Layer.Forward(pass, x, isLast: false);
        pass.Cpu.Add(beside, y);
        return y;
    }
}
