using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>down(xielu(up x)).</summary>
/// <param name="Up">[inner, width].</param>
/// <param name="Down">[width, inner].</param>
/// <param name="Activation">The layer's own function.</param>
public sealed record XieluFeedForward(Linear Up, Linear Down, Xielu Activation) : ISublayer
{
    /// <summary>Loads <c>ffn_up</c> and <c>ffn_down</c> of a layer.</summary>
    /// <exception cref="InvalidModelException">A tensor is missing, or of another shape.</exception>
    public static XieluFeedForward Load(ModelLoader loader, string layer, int width, int inner, Xielu activation)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new XieluFeedForward(
            loader.Linear(layer + "ffn_up", inner, width), loader.Linear(layer + "ffn_down", width, inner), activation);
    }

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Down.Outputs);
        using var scope = pass.Cpu.Scope();
        var inner = Up.Apply(pass, x);
        pass.Cpu.Xielu(inner, Activation.Square, Activation.Exponential, Activation.Line, Activation.Limit);
        Down.Apply(pass, inner, y);
        return y;
    }
}
