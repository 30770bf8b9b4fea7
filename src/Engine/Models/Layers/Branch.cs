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
        Add(pass, Body.ApplyBehindNorm(pass, Normed(pass, x), x), x);
    }

    /// <summary>x + the branch of x, of the rows that want something alone.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="x">[n, width]; changed where all rows want something.</param>
    /// <returns>[outputs, width].</returns>
    public Rows OfOutputs(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var outputs = pass.SelectOutputs(x);
        using var scope = pass.Cpu.Scope();
        Add(pass, Body.ApplyToOutputs(pass, Normed(pass, x)), outputs);
        return outputs;
    }

    private Rows Normed(ForwardPass pass, Rows x) => Before == null ? x : Before.Apply(pass, x);

    private void Add(ForwardPass pass, Rows y, Rows x)
    {
        if (After != null)
            y = After.Apply(pass, y);
        if (Scale == 1)
            pass.Cpu.Add(y, x);
        else
            pass.Cpu.AddScaled(y, Scale, x);
    }
}
