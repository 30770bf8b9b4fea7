using Hearth.Kernels.Attention;
using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// The linear attention of Qwen3-Next and Qwen3.5 (Yang et al. 2024): queries, keys and values go through a short convolution; every
/// head keeps a matrix that decays and is corrected by the delta rule; its output is normed and gated.
/// </summary>
/// <param name="Layer">The layer in the cache.</param>
/// <param name="Heads">The heads.</param>
/// <param name="KeyHeads">Query and key heads.</param>
/// <param name="Project">Queries, keys, values, and the gate of the output.</param>
/// <param name="Rates">How far states move and how fast they decay.</param>
/// <param name="RateBias">[heads], added to the second before its softplus.</param>
/// <param name="RateScale">[heads], below zero: logarithms of the decays at a rate of 1.</param>
/// <param name="Convolution">Over queries, keys and values.</param>
/// <param name="Norm">Of each head's output.</param>
/// <param name="Output">[width, values].</param>
public sealed record GatedDeltaNet(
    int Layer,
    HeadMap Heads,
    int KeyHeads,
    IDeltaProjection Project,
    IDeltaRates Rates,
    FloatVector RateBias,
    FloatVector RateScale,
    CausalConvolution Convolution,
    RmsNorm Norm,
    Linear Output) : ISublayer
{
    /// <summary>Loads the <c>ssm</c> tensors of a layer, and <c>attn_qkv</c> and <c>attn_gate</c> where none of them holds both.</summary>
    /// <param name="loader">The model.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="shape">Its sizes; groups are key heads.</param>
    /// <param name="heads">Which key head each head takes.</param>
    /// <param name="rates">How far states move and how fast they decay.</param>
    /// <param name="epsilon">Of norms.</param>
    public static GatedDeltaNet Load(
        ModelLoader loader, int layer, in StateSpaceShape shape, HeadMap heads, IDeltaRates rates, float epsilon)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.ssm_";
        return new GatedDeltaNet(
            layer,
            heads,
            shape.Groups,
            loader.Has(name + "in.weight") ? FusedDeltaProjection.Load(loader, layer, shape) : DeltaProjection.Load(loader, layer, shape),
            rates,
            loader.Vector(name + "dt.bias", shape.Rank),
            loader.Vector(name + "a", shape.Rank),
            CausalConvolution.Load(loader, name + "conv1d", "ssm.conv_kernel", shape.ConvolvedWidth),
            loader.RmsNorm(name + "norm", shape.HeadLength, epsilon),
            loader.Linear(name + "out", shape.Width, shape.Inner));
    }

    /// <inheritdoc/>
    public KvLayerShape Cache(KvType keys, KvType values)
        => KvLayerShape.Recurrent(checked(Convolution.StateFloats + Heads.StateFloats));

    /// <inheritdoc/>
    public Rows Apply(ForwardPass pass, Rows x)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(x.Count, Output.Outputs);
        using var scope = cpu.Scope();
        int keyWidth = KeyHeads * Heads.KeyLength;
        int valueWidth = Heads.Heads * Heads.ValueLength;
        var (projected, gate) = Project.Apply(pass, x);
        var qkv = Convolution.Apply(pass, pass.StateOf(Layer), projected);
        cpu.Activate(Activation.Silu, qkv);
        var queries = qkv.Columns(0, keyWidth);                                                     // [n, key heads x key length]
        var keys = qkv.Columns(keyWidth, keyWidth);
        var values = qkv.Columns(2 * keyWidth, valueWidth);                                         // [n, heads x value length]
        ScaleHeads(cpu, queries, 1f / Heads.KeyLength);
        ScaleHeads(cpu, keys, 1 / MathF.Sqrt(Heads.KeyLength));

        var (betas, decays) = Rates.Apply(pass, x);                                                 // [n, heads]
        cpu.Activate(Activation.Sigmoid, betas);
        cpu.AddBias(RateBias, decays);
        cpu.Activate(Activation.Softplus, decays);
        cpu.MultiplyBy(RateScale, decays);
        cpu.Activate(Activation.Exp, decays);
        cpu.DeltaRule(
            pass.StateOf(Layer, Convolution.StateFloats),
            pass.Spans,
            Heads,
            new HeadRows { Keys = keys, Queries = queries, Values = values, Decays = decays, Rates = betas, Outputs = values });
        Norm.ApplyToHeads(pass, values, Heads.ValueLength);
        cpu.Gate(Activation.Silu, gate, values, values);
        Output.Apply(pass, values, y);
        return y;
    }

    /// <summary>factor * sqrt(key length) * x / sqrt(sum(x^2) + epsilon), head by head, as a norm by the root mean square.</summary>
    private void ScaleHeads(Cpu cpu, Rows rows, float factor)
    {
        cpu.RmsNorm(rows, null, Norm.Epsilon / Heads.KeyLength, rows, Heads.KeyLength);
        cpu.Scale(rows, factor);
    }
}
