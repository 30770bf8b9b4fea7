using Hearth.Kernels.Compute;
using Hearth.Kernels.Elementwise;
using Hearth.Kernels.Recurrence;

namespace Hearth.Engine.Models.Layers;

/// <summary>
/// RWKV-7's mixer of tokens (Peng et al. 2025): heads whose states are matrices, each row with a decay of its own, changed by a
/// generalised delta rule. Names are the paper's.
/// </summary>
/// <param name="Heads">The heads.</param>
/// <param name="Proportions">Of the token before, in the inputs of receptance, decay, key, value, learning rate and gate.</param>
/// <param name="Receptance">[width, width]: what a token reads.</param>
/// <param name="Key">[width, width].</param>
/// <param name="Value">[width, width].</param>
/// <param name="Decay">Of the state's rows.</param>
/// <param name="Rate">In-context learning rates.</param>
/// <param name="ValueResidual">How much of the first layer's values is mixed in; null in the first layer.</param>
/// <param name="Gate">Of the output; null for none.</param>
/// <param name="RemovalKey">[width]: from keys to what is removed.</param>
/// <param name="RateKey">[width]: how far the learning rate scales the keys.</param>
/// <param name="Bonus">[width]: weight of a token's own value.</param>
/// <param name="Norm">Of each head's output; null for none.</param>
/// <param name="Output">[width, width].</param>
public sealed record Rwkv7TimeMix(
    HeadMap Heads,
    IReadOnlyList<FloatVector> Proportions,
    Linear Receptance,
    Linear Key,
    Linear Value,
    LowRank Decay,
    LowRank Rate,
    LowRank? ValueResidual,
    LowRank? Gate,
    FloatVector RemovalKey,
    FloatVector RateKey,
    FloatVector Bonus,
    LayerNorm? Norm,
    Linear Output)
{
    private const float DecayScale = -0.606531f; // -e^-0.5: no decay is faster than that
    private const float HeadNormEpsilon = 64e-5f;
    private const float SmallestSquare = 1e-24f;

    /// <summary>Loads the <c>time_mix</c> tensors of a layer.</summary>
    public static Rwkv7TimeMix Load(ModelLoader loader, int layer, int width, HeadMap heads)
    {
        ArgumentNullException.ThrowIfNull(loader);
        string name = $"blk.{layer}.time_mix_";
        bool hasGate = loader.Has(name + "g1.weight");
        if (layer == 0)
        {
            // The first layer's values go into those of the others, so it has no use for a share of its own.
            foreach (string share in (string[])["v0.weight", "v1.weight", "v2.weight"])
                loader.LeaveUnread(name + share);
        }

        return new Rwkv7TimeMix(
            heads,
            loader.Vectors(name + "lerp_fused.weight", hasGate ? 6 : 5, width),
            loader.Linear(name + "receptance", width, width),
            loader.Linear(name + "key", width, width),
            loader.Linear(name + "value", width, width),
            LowRank.Load(loader, name + "w", width, Activation.Tanh),
            LowRank.Load(loader, name + "a", width, null),
            layer == 0 ? null : LowRank.Load(loader, name + "v", width, null),
            hasGate ? LowRank.Load(loader, name + "g", width, Activation.Sigmoid) : null,
            loader.Vector(name + "k_k.weight", width),
            loader.Vector(name + "k_a.weight", width),
            loader.Vector(name + "r_k.weight", width),
            loader.Has(name + "ln.weight") ? loader.LayerNorm(name + "ln", width, HeadNormEpsilon) : null,
            loader.Linear(name + "output", width, width));
    }

    /// <summary>Computes the mixer, in new rows.</summary>
    /// <param name="pass">The pass.</param>
    /// <param name="shift">The layer's normed input and how far each token is from the one before.</param>
    /// <param name="state">The states of the heads.</param>
    /// <param name="firstValues">[n, width]: the first layer's values, which the first layer writes and the others read.</param>
    /// <returns>[n, width].</returns>
    public Rows Apply(ForwardPass pass, in TokenShift shift, LayerState state, Rows firstValues)
    {
        ArgumentNullException.ThrowIfNull(pass);
        var cpu = pass.Cpu;
        var y = cpu.Rent(shift.Current.Count, Output.Outputs);
        using var scope = cpu.Scope();
        var r = Receptance.Apply(pass, shift.Mix(pass, Proportions[0]));
        var decays = Decays(pass, shift);
        var k = Key.Apply(pass, shift.Mix(pass, Proportions[2]));
        var v = Values(pass, shift, firstValues);
        var a = Rate.Apply(pass, shift.Mix(pass, Proportions[4]));
        cpu.Activate(Activation.Sigmoid, a);

        var replacements = Removals(pass, k);
        var removals = cpu.Rent(k.Count, k.Width);
        cpu.Copy(replacements, removals);
        cpu.Scale(removals, -1);
        cpu.Multiply(a, replacements);
        ScaleKeys(pass, k, a);

        var outputs = cpu.Rent(k.Count, k.Width);
        cpu.GeneralDeltaRule(
            state,
            pass.Spans,
            Heads,
            new HeadRows
            {
                Keys = k,
                Queries = r,
                Values = v,
                Decays = decays,
                Removals = removals,
                Replacements = replacements,
                Outputs = outputs,
            });
        if (Norm != null)
            cpu.LayerNorm(outputs, Norm.Weight, Norm.Bias, Norm.Epsilon, outputs, Heads.KeyLength);
        cpu.Multiply(k, r);
        cpu.MultiplyBy(Bonus, r);
        cpu.AddScaledByHeadSums(r, v, Heads.KeyLength, outputs);
        if (Gate != null)
            cpu.Multiply(Gate.Apply(pass, shift.Mix(pass, Proportions[5])), outputs);
        Output.Apply(pass, outputs, y);
        return y;
    }

    /// <summary>exp(-e^-0.5 * sigmoid(w)).</summary>
    private Rows Decays(ForwardPass pass, in TokenShift shift)
    {
        var w = Decay.Apply(pass, shift.Mix(pass, Proportions[1]));
        pass.Cpu.Activate(Activation.Sigmoid, w);
        pass.Cpu.Scale(w, DecayScale);
        pass.Cpu.Activate(Activation.Exp, w);
        return w;
    }

    private Rows Values(ForwardPass pass, in TokenShift shift, Rows firstValues)
    {
        var cpu = pass.Cpu;
        var x = shift.Mix(pass, Proportions[3]);
        var v = Value.Apply(pass, x);
        if (ValueResidual == null)
        {
            cpu.Copy(v, firstValues);
            return v;
        }

        using var scope = cpu.Scope();
        var share = ValueResidual.Apply(pass, x);
        cpu.Activate(Activation.Sigmoid, share);
        var difference = cpu.Rent(v.Count, v.Width);
        cpu.Copy(firstValues, difference);
        cpu.AddScaled(v, -1, difference);
        cpu.Multiply(share, difference);
        cpu.Add(difference, v);
        return v;
    }

    /// <summary>Keys times <see cref="RemovalKey"/>, each head scaled to length 1.</summary>
    private Rows Removals(ForwardPass pass, Rows k)
    {
        var removals = pass.Cpu.Rent(k.Count, k.Width);
        pass.Cpu.Copy(k, removals);
        pass.Cpu.MultiplyBy(RemovalKey, removals);
        pass.Cpu.RmsNorm(removals, null, SmallestSquare / Heads.KeyLength, removals, Heads.KeyLength);
        pass.Cpu.Scale(removals, 1 / MathF.Sqrt(Heads.KeyLength));
        return removals;
    }

    /// <summary>k *= 1 + (rate - 1) * <see cref="RateKey"/>.</summary>
    private void ScaleKeys(ForwardPass pass, Rows k, Rows rate)
    {
        var cpu = pass.Cpu;
        using var scope = cpu.Scope();
        var part = cpu.Rent(k.Count, k.Width);
        cpu.Copy(k, part);
        cpu.MultiplyBy(RateKey, part);
        cpu.AddScaled(part, -1, k);
        cpu.Multiply(rate, part);
        cpu.Add(part, k);
    }
}
