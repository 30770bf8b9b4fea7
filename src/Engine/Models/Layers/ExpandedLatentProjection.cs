using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>Latent attention with the keys and values of every head made from the latent vector.</summary>
/// <param name="Query">[heads x key, width].</param>
/// <param name="Latent">[rank + rotary, width].</param>
/// <param name="Norm">Norm of the latent vector.</param>
/// <param name="Expand">[heads x (content + value), rank].</param>
/// <param name="Shape">The sizes.</param>
public sealed record ExpandedLatentProjection(IRowMap Query, Linear Latent, RmsNorm Norm, Linear Expand, LatentShape Shape) : IQkvProjection
{
    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var queries = Query.Apply(pass, x);
        var keys = cpu.Rent(x.Count, Shape.Heads * Shape.Key);
        var values = cpu.Rent(x.Count, Shape.Heads * Shape.Value);
        using var scope = cpu.Scope();
        var shared = Latent.Apply(pass, x);
        var latent = shared.Columns(0, Shape.Rank);
        cpu.RmsNorm(latent, Norm.Weight, Norm.Epsilon, latent);
        var both = Expand.Apply(pass, latent);
        for (int head = 0; head < Shape.Heads; head++)
        {
            int from = head * (Shape.Content + Shape.Value);
            cpu.Copy(both.Columns(from, Shape.Content), keys.Columns(head * Shape.Key, Shape.Content));
            cpu.Copy(shared.Columns(Shape.Rank, Shape.Rotary), keys.Columns((head * Shape.Key) + Shape.Content, Shape.Rotary));
            cpu.Copy(both.Columns(from + Shape.Content, Shape.Value), values.Columns(head * Shape.Value, Shape.Value));
        }

        return new Qkv(queries, keys, values);
    }
}
