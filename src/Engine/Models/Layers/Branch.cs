using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A residual branch: residual += scale * after(body(before(x))).</summary>
/// <param name="Before">Norm of the branch's input; null where a family has none.</param>
/// <param name="Body">The branch.</param>
/// <param name="After">Norm of the branch's output; null where a family has none.</param>
/// <param name="Scale">Factor of what is added.</param>
public sealed record Branch(INorm? Before, ISublayer Body, INorm? After = null, float Scale = 1)
{
    /// <summary>x += the branch of x.</summary>
    public void AddTo(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        using var scope = pass.Cpu.Scope();
        var y = Body.ApplyBehindNorm(pass, Before == null ? x : Before.Apply(pass, x), x);
        if (After != null)
            y = After.Apply(pass, y);
        if (Scale == 1)
            pass.Cpu.Add(y, x);
        else
            pass.Cpu.AddScaled(y, Scale, x);
    }
}
