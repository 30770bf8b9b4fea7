using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Attention and a recurrent mixer side by side: both read the same rows, and what they give is added.</summary>
/// <param name="Attention">Keeps keys and values of each position.</param>
/// <param name="Recurrence">Keeps a state of the whole.</param>
public sealed record SummedMixers(ISublayer Attention, ISublayer Recurrence) : ISublayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values)
        => Attention.Cache(keys, values) with { StateFloats = Recurrence.Cache(keys, values).StateFloats };

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = Attention.Apply(pass, x);
        using var scope = pass.Cpu.Scope();
        pass.Cpu.Add(Recurrence.Apply(pass, x), y);
        return y;
    }
}
