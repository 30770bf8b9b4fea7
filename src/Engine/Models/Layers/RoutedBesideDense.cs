using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A feed-forward and a mixture of experts side by side, each between norms of its own; the router reads the input through a third norm.
/// </summary>
/// <param name="Dense">The feed-forward.</param>
/// <param name="DenseNorms">Norms before and after it.</param>
/// <param name="Experts">The mixture.</param>
/// <param name="ExpertNorms">Norms before and after it.</param>
/// <param name="RouterNorm">Norm of what the router reads.</param>
public sealed record RoutedBesideDense(
    ISublayer Dense, (INorm Before, INorm After) DenseNorms, MixtureOfExperts Experts, (INorm Before, INorm After) ExpertNorms, INorm RouterNorm)
    : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, x.Width);
        using var scope = cpu.Scope();
        cpu.Copy(DenseNorms.After.Apply(pass, Dense.Apply(pass, DenseNorms.Before.Apply(pass, x))), y);
        var scores = Experts.Router.Scores(pass, RouterNorm.Apply(pass, x));
        var routed = Experts.Apply(pass, scores, ExpertNorms.Before.Apply(pass, x));
        cpu.Add(ExpertNorms.After.Apply(pass, routed), y);
        return y;
    }
}
