using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// AltUp (Baykal et al. 2023): a token's state is several streams side by side. The first is the embedding; each other one is a projection
/// of it, as long as it is.
/// </summary>
/// <param name="Inner">The embedding.</param>
/// <param name="Projections">[width, width] of each stream but the first.</param>
public sealed record AltUpEmbedding(IEmbedding Inner, IReadOnlyList<Linear> Projections) : IEmbedding
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var x = Inner.Apply(pass);
        int width = x.Width;
        var streams = pass.Rent(checked((Projections.Count + 1) * width));
        cpu.Copy(x, streams.Columns(0, width));
        for (int i = 0; i < Projections.Count; i++)
        {
            using var scope = cpu.Scope();
            var y = Projections[i].Apply(pass, x);
            cpu.MatchMagnitude(x, y);
            cpu.Copy(y, streams.Columns((i + 1) * width, width));
        }

        return streams;
    }
}
