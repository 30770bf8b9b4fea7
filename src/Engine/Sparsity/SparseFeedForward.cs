using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sparsity;

/// <summary><see cref="FeedForward"/> whose activation leaves true zeros: the last matrix is read for the neurons that are not zero.</summary>
/// <param name="Up">[inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activation">The function between.</param>
/// <param name="Activity">What is counted.</param>
internal sealed record SparseFeedForward(Linear Up, InputLinear Down, Activation Activation, LayerActivity Activity) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Down.Weights.Outputs);
        using var scope = cpu.Scope();
        var inner = Up.Apply(pass, x);
        var observer = cpu.IsMeasuring ? null : Activity.Observer;
        observer?.ObserveGate(inner);
        cpu.Activate(Activation, inner);
        observer?.ObserveValues(x, inner);
        int alone = observer == null ? FewTokens.CountAlone(cpu, inner) : 0;
        for (int token = 0; token < alone; token++)
            ApplyToActive(cpu, inner, token, y.Slice(token, 1));
        if (alone < x.Count || cpu.IsMeasuring)
            Down.Apply(cpu, inner, y);
        return y;
    }

    private void ApplyToActive(Cpu cpu, Rows inner, int token, Rows y)
    {
        using var scope = cpu.Scope();
        var active = cpu.Active(inner, token);
        int read = Down.Apply(cpu, cpu.Gather(inner, token, active), active, y);
        if (!cpu.IsMeasuring)
            Activity.Add(inner.Width, active.Count, 0, read);
    }
}
