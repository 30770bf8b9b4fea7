using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Streams become one state again: the mean of the first and of projections of the others, as long as it is; then a norm.</summary>
/// <param name="Projections">[width, width] of each stream but the first.</param>
/// <param name="Norm">The norm.</param>
public sealed record AltUpMerge(IReadOnlyList<Linear> Projections, INorm Norm) : INorm
{
    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        int width = x.Width / (Projections.Count + 1);
        var sum = cpu.Rent(x.Count, width);
        var first = x.Columns(0, width);
        cpu.Copy(first, sum);
        for (int i = 0; i < Projections.Count; i++)
        {
            using var scope = cpu.Scope();
            var y = Projections[i].Apply(pass, x.Columns((i + 1) * width, width));
            cpu.MatchMagnitude(first, y);
            cpu.Add(y, sum);
        }

        cpu.Scale(sum, 1f / (Projections.Count + 1));
        return Norm.Apply(pass, sum);
    }
}
