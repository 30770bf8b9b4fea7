using Hearth.Engine.Models.Experts;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>down(unit(gate x, up x)) (Shazeer 2020).</summary>
/// <param name="Gate">[inner, width].</param>
/// <param name="Up">[inner, width].</param>
/// <param name="Unit">How the two are joined.</param>
/// <param name="Norm">Norm of what they are joined to, before the last matrix; null for none.</param>
/// <param name="Down">[width, inner].</param>
public sealed record GatedFeedForward(Linear Gate, Linear Up, IGatedUnit Unit, INorm? Norm, Linear Down) : ISublayer
{
    /// <summary>Loads <c>ffn_gate</c>, <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons.</param>
    /// <param name="activation">The function of the gate.</param>
    /// <param name="ending">What follows gate, up and down in the names, as for shared experts.</param>
    public static GatedFeedForward Load(ModelLoader loader, string layer, int width, int inner, Activation activation, string ending = "")
        => LoadDense(loader, layer, width, inner, new GatedUnit(activation), ending);

    /// <summary>Loads <c>ffn_gate</c>, <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons.</param>
    /// <param name="unit">How gate and up are joined.</param>
    /// <param name="ending">What follows gate, up and down in the names, as for shared experts.</param>
    /// <returns>The block; one that reads only active neurons where the loader wants that and the unit leaves true zeros.</returns>
    public static ISublayer Load(ModelLoader loader, string layer, int width, int inner, IGatedUnit unit, string ending = "")
    {
        ArgumentNullException.ThrowIfNull(loader);
        ArgumentNullException.ThrowIfNull(unit);
        return loader.TryLoadSparse(
                $"{layer}ffn_gate{ending}", $"{layer}ffn_up{ending}", $"{layer}ffn_down{ending}", width, inner, unit, out var sparse)
            ? sparse
            : LoadDense(loader, layer, width, inner, unit, ending);
    }

    /// <summary>Loads the experts of a layer: <c>ffn_gate_exps</c>, <c>ffn_up_exps</c> and <c>ffn_down_exps</c>; the first two may be one.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="experts">Experts.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons of an expert.</param>
    /// <param name="unit">How gate and up are joined.</param>
    public static IExperts LoadExperts(ModelLoader loader, string layer, int experts, int width, int inner, IGatedUnit unit)
    {
        ArgumentNullException.ThrowIfNull(loader);
        if (loader.Has(layer + "ffn_gate_up_exps.weight"))
            return FusedGatedFeedForward.LoadExperts(loader, layer, experts, width, inner, unit);
        var gates = loader.ExpertLinears(layer + "ffn_gate_exps", experts, inner, width);
        var ups = loader.ExpertLinears(layer + "ffn_up_exps", experts, inner, width);
        var downs = loader.ExpertLinears(layer + "ffn_down_exps", experts, width, inner);
        return loader.Experts(
            [.. Enumerable.Range(0, experts).Select(i => new GatedFeedForward(gates[i], ups[i], unit, null, downs[i]))],
            i => [gates[i], ups[i], downs[i]]);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Down.Outputs);
        using var scope = cpu.Scope();
        var gate = cpu.Rent(x.Count, Gate.Outputs);
        var up = cpu.Rent(x.Count, Up.Outputs);
        using (cpu.Scope())
        {
            var input = Cpu.Prepare(x);
            cpu.Multiply(ref input, Gate.Weights, gate, Up.Weights, up);
        }

        Gate.Finish(pass, x, gate);
        Up.Finish(pass, x, up);
        Unit.Apply(cpu, gate, up);
        Down.Apply(pass, Norm == null ? gate : Norm.Apply(pass, gate), y);
        return y;
    }

    private static GatedFeedForward LoadDense(ModelLoader loader, string layer, int width, int inner, IGatedUnit unit, string ending)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new GatedFeedForward(
            loader.Linear($"{layer}ffn_gate{ending}", inner, width),
            loader.Linear($"{layer}ffn_up{ending}", inner, width),
            unit,
            null,
            loader.Linear($"{layer}ffn_down{ending}", width, inner));
    }
}
