using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>scale * (first(x) + second(x)).</summary>
/// <param name="First">A feed-forward.</param>
/// <param name="Second">Another one.</param>
/// <param name="Scale">Factor of the sum.</param>
public sealed record ScaledSum(ISublayer First, ISublayer Second, float Scale) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = First.Apply(pass, x);
        using var scope = pass.Cpu.Scope();
        pass.Cpu.Add(Second.Apply(pass, x), y);
        pass.Cpu.Scale(y, Scale);
        return y;
    }
}
