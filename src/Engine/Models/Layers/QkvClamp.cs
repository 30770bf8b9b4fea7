namespace Hearth.Engine.Models.Layers;

/// <summary>Limits queries, keys and values to [-limit, limit].</summary>
/// <param name="Limit">The limit, above 0.</param>
public sealed record QkvClamp(float Limit) : IQkvStep
{
    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        pass.Cpu.Clamp(qkv.Queries, Limit);
        pass.Cpu.Clamp(qkv.Keys, Limit);
        pass.Cpu.Clamp(qkv.Values, Limit);
    }
}
