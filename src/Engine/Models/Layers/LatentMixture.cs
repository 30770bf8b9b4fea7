using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A mixture whose experts work on fewer values than a token's state has (NVIDIA 2025): they are chosen by the state itself, read a
/// projection of it, and their sum is projected back.
/// </summary>
/// <param name="Down">[latent, width].</param>
/// <param name="Mixture">Its router reads states, its experts latents.</param>
/// <param name="Up">[width, latent].</param>
public sealed record LatentMixture(Linear Down, MixtureOfExperts Mixture, Linear Up) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, Up.Outputs);
        using var scope = pass.Cpu.Scope();
        var scores = Mixture.Router.Scores(pass, x);
        Up.Apply(pass, Mixture.Apply(pass, scores, Down.Apply(pass, x)), y);
        return y;
    }
}
