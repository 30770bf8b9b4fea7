using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Sparsity;

/// <summary><see cref="SparseFeedForward"/> with a predictor before the first matrix, of which only the rows are read that a token may need.</summary>
/// <param name="Predictor">What may be active.</param>
/// <param name="Up">[inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activation">The function between.</param>
/// <param name="Activity">What is counted.</param>
internal sealed record PredictedFeedForward(
    INeuronPredictor Predictor, RowLinear Up, InputLinear Down, Activation Activation, LayerActivity Activity) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x) => ApplyBehindNorm(pass, x, x);

    /// <inheritdoc/>
    public Rows ApplyBehindNorm(ForwardPass pass, Rows x, Rows stream)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Down.Weights.Outputs);
        using var scope = cpu.Scope();
        var sets = cpu.RentSets(x.Count, Up.Weights.Rows);
        Predictor.Choose(pass, x, stream, sets);
        int alone = FewTokens.CountAlone(cpu, sets);
        for (int token = 0; token < alone; token++)
            ApplyToChosen(cpu, x.Slice(token, 1), cpu.List(sets, token), y.Slice(token, 1));
        if (alone == x.Count && !cpu.IsMeasuring)
            return y;
        var inner = cpu.Rent(x.Count, Up.Weights.Rows);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(x);
            Up.Apply(cpu, ref input, inner);
        }

        cpu.Silence(inner, sets);
        cpu.Activate(Activation, inner);
        Down.Apply(cpu, inner, y);
        return y;
    }

    private void ApplyToChosen(Cpu cpu, Rows x, Neurons chosen, Rows y)
    {
        using var scope = cpu.Scope();
        var input = Cpu.Prepare(x);
        var ups = cpu.Rent(1, chosen.Count);
        Up.Apply(cpu, ref input, chosen, ups);
        var active = cpu.Active(ups, chosen, out var inner);
        cpu.Activate(Activation, inner);
        int read = Down.Apply(cpu, inner, active, y);
        if (!cpu.IsMeasuring)
            Activity.Add(chosen.Count, active.Count, 0, read);
    }
}
