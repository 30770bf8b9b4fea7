using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A mixture of experts whose router's logits are bounded: softmax(cap * tanh(logits / cap)) scores the experts.</summary>
/// <param name="Mixture">The experts and their router.</param>
/// <param name="Cap">The bound; not above 0 for none.</param>
public sealed record CappedMixture(MixtureOfExperts Mixture, float Cap) : ISublayer
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var y = pass.Cpu.Rent(x.Count, x.Width);
        using var scope = pass.Cpu.Scope();
        var scores = Mixture.Router.Gate.Apply(pass, x);
        if (Cap > 0)
            pass.Cpu.SoftCap(scores, Cap);
        pass.Cpu.Softmax(scores);
        pass.Cpu.Copy(Mixture.Apply(pass, scores, x), y);
        return y;
    }
}
