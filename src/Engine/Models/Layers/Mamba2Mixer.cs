using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// Mamba-2's mixer (Dao and Gu 2024): heads with one decay each, whose states are matrices; groups of heads share keys and queries.
/// </summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Input">[2 x inner + 2 x groups x state length + heads, width]: gate, values, keys, queries, step sizes.</param>
/// <param name="Convolution">Over values, keys and queries.</param>
/// <param name="StepBias">[heads].</param>
/// <param name="Rates">[heads]: logarithms of the decays at a step of 1.</param>
/// <param name="Skip">[inner]: factor of the values that go straight to the output.</param>
/// <param name="Norm">[inner], applied group by group to the gated output; null for none.</param>
/// <param name="Epsilon">Of the norm.</param>
/// <param name="Output">[width, inner].</param>
public sealed record Mamba2Mixer(
    int Layer,
    StateSpaceShape Shape,
    Linear Input,
    CausalConvolution Convolution,
    FloatVector StepBias,
    FloatVector Rates,
    FloatVector Skip,
    FloatVector? Norm,
    float Epsilon,
    Linear Output) : ISublayer
{
    private readonly HeadMap heads = HeadMap.Grouped(Shape.Rank, Shape.Groups, Shape.StateLength, Shape.HeadLength);

    /// <summary>Loads the <c>ssm</c> tensors of a layer.</summary>
    public static Mamba2Mixer Load(ModelLoader loader, int layer, in StateSpaceShape shape, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.ssm_";
        return new Mamba2Mixer(
            layer,
            shape,
            loader.Linear(name + "in", checked(shape.Inner + shape.ConvolvedWidth + shape.Rank), shape.Width),
            CausalConvolution.Load(loader, name + "conv1d", "ssm.conv_kernel", shape.ConvolvedWidth),
            loader.Vector(name + "dt.bias", shape.Rank),
            loader.Vector(name + "a", shape.Rank),
            loader.Repeated(name + "d", shape.Rank, shape.HeadLength),
            loader.OptionalVector(name + "norm.weight", shape.Inner),
            epsilon,
            loader.Linear(name + "out", shape.Width, shape.Inner));
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values)
        => KvLayerShape.Recurrent(checked(Convolution.StateFloats + heads.StateFloats));

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Output.Outputs);
        using var scope = cpu.Scope();
        var all = Input.Apply(pass, x);
        var gate = all.Columns(0, Shape.Inner);
        var steps = all.Columns(Shape.Inner + Convolution.Channels, Shape.Rank);                    // [n, heads]
        var convolved = Convolution.Apply(pass, pass.StateOf(Layer), all.Columns(Shape.Inner, Convolution.Channels));
        cpu.Activate(Activation.Silu, convolved);
        int keys = Shape.Groups * Shape.StateLength;
        var values = convolved.Columns(0, Shape.Inner);

        cpu.AddBias(StepBias, steps);
        cpu.Activate(Activation.Softplus, steps);
        var decays = cpu.Rent(x.Count, Shape.Rank);
        cpu.Copy(steps, decays);
        cpu.MultiplyBy(Rates, decays);
        cpu.Activate(Activation.Exp, decays);
        var outputs = cpu.Rent(x.Count, Shape.Inner);
        cpu.LinearScan(
            pass.StateOf(Layer, Convolution.StateFloats),
            pass.Spans,
            heads,
            new HeadRows
            {
                Keys = convolved.Columns(Shape.Inner, keys),
                Queries = convolved.Columns(Shape.Inner + keys, keys),
                Values = values,
                Decays = decays,
                Rates = steps,
                Outputs = outputs,
            });
        cpu.MultiplyBy(Skip, values);
        cpu.Add(values, outputs);
        cpu.Gate(Activation.Silu, gate, outputs, outputs);
        if (Norm != null)
            cpu.RmsNorm(outputs, Norm, Epsilon, outputs, Shape.Inner / Shape.Groups);
        Output.Apply(pass, outputs, y);
        return y;
    }
}
