using Hearth.Kernels.Compute;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Root-mean-square norms of what Mamba selects by, each of the three by itself: step sizes before their last matrix, write and read
/// vectors.
/// </summary>
/// <param name="Step">[rank], or null for none.</param>
/// <param name="Write">[state length], or null.</param>
/// <param name="Read">[state length], or null.</param>
/// <param name="Epsilon">Keeps the root away from zero.</param>
public sealed record SelectionNorm(FloatVector? Step, FloatVector? Write, FloatVector? Read, float Epsilon)
{
    /// <summary>Loads <c>ssm_dt_norm</c>, <c>ssm_b_norm</c> and <c>ssm_c_norm</c> of a layer.</summary>
    public static SelectionNorm Load(ModelLoader loader, int layer, in StateSpaceShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.ssm_";
        return new SelectionNorm(
            loader.Vector(name + "dt_norm.weight", shape.Rank),
            loader.Vector(name + "b_norm.weight", shape.StateLength),
            loader.Vector(name + "c_norm.weight", shape.StateLength),
            epsilon);
    }

    /// <summary>Norms the rows in place.</summary>
    /// <param name="cpu">Where to compute.</param>
    /// <param name="steps">[n, rank].</param>
    /// <param name="writes">[n, state length].</param>
    /// <param name="reads">[n, state length].</param>
    public void Apply(Cpu cpu, Rows steps, Rows writes, Rows reads)
    {
        ArgumentNullException.ThrowIfNull(cpu);
        cpu.RmsNorm(steps, Step, Epsilon, steps);
        cpu.RmsNorm(writes, Write, Epsilon, writes);
        cpu.RmsNorm(reads, Read, Epsilon, reads);
    }
}
