namespace Hearth.Engine.Models.Layers;

/// <summary>Rotates the last values of each head instead of the first.</summary>
/// <param name="Rotary">The angles.</param>
public sealed record RotaryTail(RotaryEmbedding Rotary) : IQkvStep
{
    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var angles = pass.Angles(Rotary);
        int start = shape.KeyLength - (2 * angles.Cosines.Width);
        pass.Cpu.Rotate(qkv.Queries, shape.KeyLength, Rotary.Style, angles.Cosines, angles.Sines, start);
        pass.Cpu.Rotate(qkv.Keys, shape.KeyLength, Rotary.Style, angles.Cosines, angles.Sines, start);
    }
}
