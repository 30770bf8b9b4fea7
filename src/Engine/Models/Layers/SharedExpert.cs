using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>A mixture of experts and one expert that serves every token, added with or without a gate of its own.</summary>
/// <param name="Mixture">The routed experts.</param>
/// <param name="Shared">The expert of all tokens.</param>
/// <param name="Gate">[1, width]: the shared expert is multiplied by its sigmoid; null for no gate.</param>
public sealed record SharedExpert(ISublayer Mixture, ISublayer Shared, Linear? Gate) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = Mixture.Apply(pass, x);
        using var scope = pass.Cpu.Scope();
        var shared = Shared.Apply(pass, x);
        if (Gate != null)
        {
            var gate = Gate.Apply(pass, x);
            pass.Cpu.Activate(Activation.Sigmoid, gate);
            pass.Cpu.ScaleRows(shared, gate);
        }

        pass.Cpu.Add(shared, y);
        return y;
    }
}
