using Hearth.Engine.Models;
using Hearth.Engine.Models.Layers;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Sparsity;

/// <summary>
/// <see cref="SparseGatedFeedForward"/> with a predictor before the gate: of the gate too only the rows are read that a token may need. What is left out is
/// taken for zero in passes over many tokens as well, so the bytes are the same.
/// </summary>
/// <param name="Predictor">What may be active.</param>
/// <param name="Gate">[inner, width].</param>
/// <param name="Up">[inner, width].</param>
/// <param name="Unit">How the two are joined.</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activity">What is counted.</param>
internal sealed record PredictedGatedFeedForward(
    INeuronPredictor Predictor, RowLinear Gate, RowLinear Up, IGatedUnit Unit, InputLinear Down, LayerActivity Activity) : ISublayer
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
        var sets = cpu.RentSets(x.Count, Gate.Weights.Rows);
        Predictor.Choose(pass, x, stream, sets);
        int alone = FewTokens.CountAlone(cpu, sets);
        for (int token = 0; token < alone; token++)
            ApplyToChosen(cpu, x.Slice(token, 1), cpu.List(sets, token), y.Slice(token, 1));
        if (alone == x.Count && !cpu.IsMeasuring)
            return y;
        var gate = cpu.Rent(x.Count, Gate.Weights.Rows);
        var up = cpu.Rent(x.Count, Gate.Weights.Rows);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(x);
            Gate.Apply(cpu, ref input, gate);
            Up.Apply(cpu, ref input, up);
        }

        cpu.Silence(gate, sets);
        cpu.KeepActive(gate, up);
        Unit.Apply(cpu, gate, up);
        Down.Apply(cpu, gate, y);
        return y;
    }

    private void ApplyToChosen(Cpu cpu, Rows x, Neurons chosen, Rows y)
    {
        using var scope = cpu.Scope();
        var input = Cpu.Prepare(x);
        var gates = cpu.Rent(1, chosen.Count);
        Gate.Apply(cpu, ref input, chosen, gates);
        var active = cpu.Active(gates, chosen, out var gate);
        var up = cpu.Rent(1, active.Count);
        Up.Apply(cpu, ref input, active, up);
        Unit.Apply(cpu, gate, up);
        int read = Down.Apply(cpu, gate, active, y);
        if (!cpu.IsMeasuring)
            Activity.Add(chosen.Count, active.Count, active.Count, read);
    }
}
