using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity;

/// <summary>
/// <see cref="GatedFeedForward"/> whose unit is zero wherever the gate is not positive: the gate is computed first and whole, the rest only for the neurons that
/// it leaves active. Many tokens together need nearly all neurons and take them all; the bytes are the same.
/// </summary>
/// <param name="Gate">[inner, width].</param>
/// <param name="Up">[inner, width].</param>
/// <param name="Unit">How the two are joined.</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activity">What is counted.</param>
internal sealed record SparseGatedFeedForward(Linear Gate, RowLinear Up, IGatedUnit Unit, InputLinear Down, LayerActivity Activity) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Down.Weights.Outputs);
        using var scope = cpu.Scope();
        var gate = Gate.Apply(pass, x);
        var observer = cpu.IsMeasuring ? null : Activity.Observer;
        observer?.ObserveGate(gate);
        int alone = observer == null ? FewTokens.CountAlone(cpu, gate) : 0;
        for (int token = 0; token < alone; token++)
            ApplyToActive(cpu, x.Slice(token, 1), gate, token, y.Slice(token, 1));
        if (alone == x.Count && !cpu.IsMeasuring)
            return y;
        var up = cpu.Rent(x.Count, Gate.Outputs);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(x);
            Up.Apply(cpu, ref input, up);
        }

        cpu.KeepActive(gate, up);
        Unit.Apply(cpu, gate, up);
        observer?.ObserveValues(x, gate);
        Down.Apply(cpu, gate, y);
        return y;
    }

    private void ApplyToActive(Cpu cpu, Rows x, Rows gates, int token, Rows y)
    {
        using var scope = cpu.Scope();
        var active = cpu.Active(gates, token);
        var gate = cpu.Gather(gates, token, active);
        var up = cpu.Rent(1, active.Count);
        var input = Cpu.Prepare(x);
        Up.Apply(cpu, ref input, active, up);
        Unit.Apply(cpu, gate, up);
        int read = Down.Apply(cpu, gate, active, y);
        if (!cpu.IsMeasuring)
            Activity.Add(gates.Width, active.Count, active.Count, read);
    }
}
