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
    public static FeedForward Load(ModelLoader loader, string layer, int width, int inner, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new FeedForward(loader.Linear(layer + "ffn_up", inner, width), loader.Linear(layer + "ffn_down", width, inner), activation);
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
