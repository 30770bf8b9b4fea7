using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Latent attention without ever making keys: since q.(K c) = (K^T q).c, each query head is mapped into the latent space, where all
/// heads share one key [c, rotary part] and one value c.
/// </summary>
/// <param name="Query">[heads x key, width].</param>
/// <param name="Latent">[rank + rotary, width].</param>
/// <param name="Norm">Norm of the latent vector.</param>
/// <param name="IntoLatent">Per head [rank, content]: K^T.</param>
/// <param name="Shape">The sizes.</param>
public sealed record AbsorbedLatentProjection(IRowMap Query, Linear Latent, RmsNorm Norm, PerHeadLinear IntoLatent, LatentShape Shape)
    : IQkvProjection
{
    /// <inheritdoc/>
    public Qkv Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        int step = Shape.Rank + Shape.Rotary;
        var queries = cpu.Rent(x.Count, Shape.Heads * step);
        var keys = Latent.Apply(pass, x);
        var latent = keys.Columns(0, Shape.Rank);
        cpu.RmsNorm(latent, Norm.Weight, Norm.Epsilon, latent);
        using var scope = cpu.Scope();
        var plain = Query.Apply(pass, x);
        IntoLatent.Apply(pass, plain, Shape.Key, queries, step);
        for (int head = 0; head < Shape.Heads; head++)
        {
            cpu.Copy(
                plain.Columns((head * Shape.Key) + Shape.Content, Shape.Rotary),
                queries.Columns((head * step) + Shape.Rank, Shape.Rotary));
        }

        return new Qkv(queries, keys, latent);
    }
}
