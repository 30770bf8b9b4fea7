using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>A delta net's projections as two matrices.</summary>
/// <param name="Qkv">[queries, keys, values; width].</param>
/// <param name="Gate">[values, width].</param>
public sealed record DeltaProjection(Linear Qkv, Linear Gate) : IDeltaProjection
{
    /// <summary>Loads <c>attn_qkv</c> and <c>attn_gate</c> of a layer.</summary>
    public static DeltaProjection Load(ModelLoader loader, int layer, in StateSpaceShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new DeltaProjection(
            loader.Linear($"blk.{layer}.attn_qkv", shape.ConvolvedWidth, shape.Width),
            loader.Linear($"blk.{layer}.attn_gate", shape.Inner, shape.Width));
    }

    /// <inheritdoc/>
    public (Rows Qkv, Rows Gate) Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var qkv = pass.Cpu.Rent(x.Count, Qkv.Outputs);
        var gate = pass.Cpu.Rent(x.Count, Gate.Outputs);
        using var scope = pass.Cpu.Scope();
        var input = Cpu.Prepare(x);
        pass.Cpu.Multiply(ref input, Qkv.Weights, qkv, Gate.Weights, gate);
        Qkv.Finish(pass, x, qkv);
        Gate.Finish(pass, x, gate);
        return (qkv, gate);
    }
}
