using Hearth.Kernels.Elementwise;

namespace Hearth.Engine.Models.Layers;

/// <summary>Queries times 1 + scale * ln(1 + floor((position + offset) / length)): sharper attention beyond the trained context.</summary>
/// <param name="Scale">The factor of the logarithm.</param>
/// <param name="Length">Positions of a step.</param>
/// <param name="Offset">Added to positions.</param>
public sealed record PositionScale(float Scale, int Length, int Offset = 0) : IQkvStep
{
    /// <inheritdoc/>
    public void Apply(ForwardPass pass, in Qkv qkv, in AttentionShape shape)
    {
        ArgumentNullException.ThrowIfNull(pass);
        if (pass.Cpu.IsMeasuring)
            return;
        var positions = pass.Batch.Positions;
        for (int row = 0; row < positions.Length; row++)
        {
            int step = (positions[row] + Offset) / Length;
            if (step > 0)
                pass.Cpu.Scale(qkv.Queries.Slice(row, 1), 1 + (Scale * (float)PortableMath.Log(1.0 + step)));
        }
    }
}
