using Hearth.Engine.Models.Experts;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>A gated feed-forward whose first two matrices are one: rows of the gate, then rows of up.</summary>
/// <param name="GateUp">[2 x inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Unit">How gate and up are joined.</param>
public sealed record FusedGatedFeedForward(Linear GateUp, Linear Down, IGatedUnit Unit) : ISublayer
{
    /// <summary>Loads <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    public static FusedGatedFeedForward Load(ModelLoader loader, string layer, int width, int inner, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new FusedGatedFeedForward(
            loader.Linear(layer + "ffn_up", checked(2 * inner), width),
            loader.Linear(layer + "ffn_down", width, inner),
            new GatedUnit(activation));
    }

    /// <summary>Loads the experts of a layer: <c>ffn_gate_up_exps</c> and <c>ffn_down_exps</c>.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static IExperts LoadExperts(ModelLoader loader, string layer, int experts, int width, int inner, IGatedUnit unit)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var both = loader.ExpertLinears(layer + "ffn_gate_up_exps", experts, checked(2 * inner), width);
        var downs = loader.ExpertLinears(layer + "ffn_down_exps", experts, width, inner);
        return loader.Experts(
            [.. Enumerable.Range(0, experts).Select(i => new FusedGatedFeedForward(both[i], downs[i], unit))], i => [both[i], downs[i]]);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Down.Outputs);
        using var scope = pass.Cpu.Scope();
        int inner = GateUp.Outputs / 2;
        var both = GateUp.Apply(pass, x);
        var gate = both.Columns(0, inner);
        Unit.Apply(pass.Cpu, gate, both.Columns(inner, inner));
        Down.Apply(pass, gate, y);
        return y;
    }
}
