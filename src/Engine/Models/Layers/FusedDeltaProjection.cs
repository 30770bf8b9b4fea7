using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// A delta net's projections as one matrix, as the first Qwen3-Next files have them: for each key head its query, its key, and the values
/// and the gates of the heads that share it.
/// </summary>
/// <param name="Matrix">[key heads x (query, key, values, gates), width].</param>
/// <param name="Shape">Sizes of the parts.</param>
public sealed record FusedDeltaProjection(Linear Matrix, StateSpaceShape Shape) : IDeltaProjection
{
    /// <summary>Loads <c>ssm_in</c> of a layer.</summary>
    public static FusedDeltaProjection Load(ModelLoader loader, int layer, in StateSpaceShape shape)
    {
        ArgumentNullException.ThrowIfNull(loader);
        return new FusedDeltaProjection(loader.Linear($"blk.{layer}.ssm_in", shape.ConvolvedWidth + shape.Inner, shape.Width), shape);
    }

    /// <inheritdoc/>
    public (Rows Qkv, Rows Gate) Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var qkv = cpu.Rent(x.Count, Shape.ConvolvedWidth);
        var gate = cpu.Rent(x.Count, Shape.Inner);
        using var scope = cpu.Scope();
        var all = Matrix.Apply(pass, x);
        int key = Shape.StateLength;
        int keys = Shape.Groups * key;
        int value = Shape.Inner / Shape.Groups;
        for (int head = 0; head < Shape.Groups; head++)
        {
            var own = all.Columns(head * 2 * (key + value), 2 * (key + value));
            cpu.Copy(own.Columns(0, key), qkv.Columns(head * key, key));
            cpu.Copy(own.Columns(key, key), qkv.Columns(keys + (head * key), key));
            cpu.Copy(own.Columns(2 * key, value), qkv.Columns((2 * keys) + (head * value), value));
            cpu.Copy(own.Columns((2 * key) + value, value), gate.Columns(head * value, value));
        }

        return (qkv, gate);
    }
}
