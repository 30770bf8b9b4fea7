using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// LAuReL (Menghani et al. 2024): what attention reads also goes past it through two narrow matrices, and the sum of both is divided by the root of 2.
/// </summary>
/// <param name="Norm">Norm of the input.</param>
/// <param name="Attention">The attention.</param>
/// <param name="AttentionNorm">Norm of what it gives.</param>
/// <param name="Left">[rank, width].</param>
/// <param name="Right">[width, rank].</param>
/// <param name="LaurelNorm">Norm of what the narrow matrices give.</param>
/// <param name="FeedForward">The feed-forward branch.</param>
public sealed record LaurelLayer(
    INorm Norm, ISublayer Attention, INorm AttentionNorm, Linear Left, Linear Right, INorm LaurelNorm, Branch FeedForward) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        using (cpu.Scope())
        {
            var normed = Norm.Apply(pass, x);
            cpu.Add(AttentionNorm.Apply(pass, Attention.Apply(pass, normed)), x);
            cpu.Add(LaurelNorm.Apply(pass, Right.Apply(pass, Left.Apply(pass, normed))), x);
            cpu.Add(normed, x);
            cpu.Scale(x, MathF.Sqrt(0.5f));
        }

        if (isLast)
            x = pass.SelectOutputs(x);
        FeedForward.AddTo(pass, x);
        return x;
    }
}
