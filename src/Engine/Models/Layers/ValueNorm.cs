namespace Hearth.Engine.Models.Layers;

/// <summary>Root-mean-square norm of each value head, without weights.</summary>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record ValueNorm(float Epsilon) : IQkvStep
{
    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Cpu.RmsNorm(qkv.Values, null, Epsilon, qkv.Values, shape.ValueLength);
    }
}
