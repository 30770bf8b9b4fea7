using Hearth.Engine.Models.Experts;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>down(activation(up x)).</summary>
/// <param name="Up">[inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activation">The function between.</param>
public sealed record FeedForward(Linear Up, Linear Down, Activation Activation) : ISublayer
{
    /// <summary>Loads <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="width">Floats of a token's state.</param>
    /// <param name="inner">Neurons.</param>
    /// <param name="activation">The function between.</param>
    /// <param name="ending">What follows up and down in the names, as for shared experts.</param>
    /// <returns>The block; one that reads only active neurons where the loader wants that and the activation leaves true zeros.</returns>
    public static ISublayer Load(ModelLoader loader, string layer, int width, int inner, Activation activation, string ending = "")
    {
        ArgumentNullException.ThrowIfNull(loader);
        string up = $"{layer}ffn_up{ending}", down = $"{layer}ffn_down{ending}";
        return loader.TryLoadSparse(up, down, width, inner, activation, out var sparse)
            ? sparse
            : new FeedForward(loader.Linear(up, inner, width), loader.Linear(down, width, inner), activation);
    }

    /// <summary>Loads the experts of a layer: <c>ffn_up_exps</c> and <c>ffn_down_exps</c>.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The beginning of the tensors' names.</param>
    /// <param name="experts">Experts.</param>
    /// <param name="width">Floats that an expert reads and gives.</param>
    /// <param name="inner">Neurons of an expert.</param>
    /// <param name="activation">The function between.</param>
    public static IExperts LoadExperts(ModelLoader loader, string layer, int experts, int width, int inner, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        var ups = loader.ExpertLinears(layer + "ffn_up_exps", experts, inner, width);
        var downs = loader.ExpertLinears(layer + "ffn_down_exps", experts, width, inner);
        return loader.Experts(
            [.. Enumerable.Range(0, experts).Select(i => new FeedForward(ups[i], downs[i], activation))], i => [ups[i], downs[i]]);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Down.Outputs);
        using var scope = pass.Cpu.Scope();
        var inner = Up.Apply(pass, x);
        pass.Cpu.Activate(Activation, inner);
        Down.Apply(pass, inner, y);
        return y;
    }
}
