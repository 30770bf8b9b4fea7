using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// y = norm'(x + norm(x + attention(x))), then norm''(y + feed-forward(y)): a <see cref="PostNormLayer"/> that adds its input twice.
/// </summary>
/// <param name="Attention">The attention.</param>
/// <param name="AttentionNorm">Norm of the first sum.</param>
/// <param name="SecondNorm">Norm of the second sum.</param>
/// <param name="FeedForward">The feed-forward.</param>
/// <param name="FeedForwardNorm">Norm of the sum after it.</param>
public sealed record TwiceNormedLayer(
    ISublayer Attention,
    INorm AttentionNorm,
    INorm SecondNorm,
    ISublayer FeedForward,
    INorm FeedForwardNorm) : IDecoderLayer
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
            var sum = Attention.Apply(pass, x);
            cpu.Add(x, sum);
            cpu.Add(AttentionNorm.Apply(pass, sum), x);
            cpu.Copy(SecondNorm.Apply(pass, x), x);
        }

        if (isLast)
            x = pass.SelectOutputs(x);
        using (cpu.Scope())
        {
            cpu.Add(FeedForward.Apply(pass, x), x);
            cpu.Copy(FeedForwardNorm.Apply(pass, x), x);
        }

        return x;
    }
}
