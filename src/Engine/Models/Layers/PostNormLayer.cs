using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// x = norm(x + attention(x)), then x = norm'(x + feed-forward(x)): the layer of the first transformers (Vaswani et al. 2017), whose norms
/// stand on the residual stream.
/// </summary>
/// <param name="Attention">The attention.</param>
/// <param name="AttentionNorm">Norm of the sum after it.</param>
/// <param name="FeedForward">The feed-forward.</param>
/// <param name="FeedForwardNorm">Norm of the sum after it.</param>
public sealed record PostNormLayer(ISublayer Attention, INorm AttentionNorm, ISublayer FeedForward, INorm FeedForwardNorm) : IDecoderLayer
{
    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values) => Attention.Cache(keys, values);

    /// <inheritdoc/>
    public Rows Forward(ForwardPass pass, Rows x, bool isLast)
    {
        ArgumentNullException.ThrowIfNull(pass);
        AddAndNorm(pass, Attention, AttentionNorm, x);
        if (isLast)
            x = pass.SelectOutputs(x);
        AddAndNorm(pass, FeedForward, FeedForwardNorm, x);
        return x;
    }

    private static void AddAndNorm(ForwardPass pass, ISublayer body, INorm norm, Rows x)
    {
        using var scope = pass.Cpu.Scope();
        pass.Cpu.Add(body.Apply(pass, x), x);
        pass.Cpu.Copy(norm.Apply(pass, x), x);
    }
}
