using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Mamba's mixer (Gu and Dao 2023): convolve, choose step size, write and read vectors by the input, scan, gate. Every channel keeps a few
/// numbers, whatever the length of the sequence.
/// </summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Input">[2 x inner, width]: the scan's input, then the gate.</param>
/// <param name="Convolution">Over the scan's input.</param>
/// <param name="Selection">[rank + 2 x state length, inner]: step sizes before their last matrix, write and read vectors.</param>
/// <param name="Norm">Norms of these three; null for none.</param>
/// <param name="Step">[inner, rank]: step sizes.</param>
/// <param name="Rates">[inner / 16, rounded up][state length][16]: logarithms of the decays at a step of 1.</param>
/// <param name="Skip">[inner].</param>
/// <param name="Output">[width, inner].</param>
public sealed record MambaMixer(
    int Layer,
    StateSpaceShape Shape,
    Linear Input,
    CausalConvolution Convolution,
    Linear Selection,
    SelectionNorm? Norm,
    Linear Step,
    FloatVector Rates,
    FloatVector Skip,
    Linear Output) : ISublayer
{
    /// <summary>Loads the <c>ssm</c> tensors of a layer.</summary>
    public static MambaMixer Load(ModelLoader loader, int layer, in StateSpaceShape shape, SelectionNorm? norm)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.ssm_";
        return new MambaMixer(
            layer,
            shape,
            loader.Linear(name + "in", 2 * shape.Inner, shape.Width),
            CausalConvolution.Load(loader, name + "conv1d", "ssm.conv_kernel", shape.Inner),
            loader.Linear(name + "x", shape.Rank + (2 * shape.StateLength), shape.Inner),
            norm,
            loader.Linear(name + "dt", shape.Inner, shape.Rank),
            loader.RowsAsLanes(name + "a", shape.Inner, shape.StateLength),
            loader.Vector(name + "d", shape.Inner),
            loader.Linear(name + "out", shape.Width, shape.Inner));
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values)
        => KvLayerShape.Recurrent(checked(Convolution.StateFloats + (Shape.StateLength * LayerState.Pad(Shape.Inner))));

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Output.Outputs);
        using var scope = cpu.Scope();
        var both = Input.Apply(pass, x);                                                            // [n, 2 x inner]
        var gate = both.Columns(Shape.Inner, Shape.Inner);
        var u = Convolution.Apply(pass, pass.StateOf(Layer), both.Columns(0, Shape.Inner));         // [n, inner]
        cpu.Activate(Activation.Silu, u);

        var selection = Selection.Apply(pass, u);                                                   // [n, rank + 2 x state length]
        var step = selection.Columns(0, Shape.Rank);
        var writes = selection.Columns(Shape.Rank, Shape.StateLength);
        var reads = selection.Columns(Shape.Rank + Shape.StateLength, Shape.StateLength);
        Norm?.Apply(cpu, step, writes, reads);

        var steps = Step.Apply(pass, step);                                                         // [n, inner]
        cpu.Activate(Activation.Softplus, steps);
        cpu.SelectiveScan(pass.StateOf(Layer, Convolution.StateFloats), pass.Spans, Rates, Skip, steps, writes, reads, u, u);
        cpu.Gate(Activation.Silu, gate, u, u);
        Output.Apply(pass, u, y);
        return y;
    }
}
