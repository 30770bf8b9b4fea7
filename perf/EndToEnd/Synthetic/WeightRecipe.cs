namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// How the weights of a matrix are drawn, so that activations keep the size that they have in trained models: normalised inputs
/// of deviation 1 give queries, keys, values and neurons of deviation 1, and all blocks together add about as much to the
/// residual stream as the embedding put there.
/// </summary>
/// <param name="Deviation">The standard deviation of the weights.</param>
/// <param name="FirstWeights">What a row's first weight is: one of these, or drawn like the others where there are none.</param>
/// <param name="SilentFirstRow">Whether row 0 is zero.</param>
internal sealed record WeightRecipe(float Deviation, float[] FirstWeights, bool SilentFirstRow)
{
    /// <summary>What the blocks add to a channel's variance, in units of the embedding's.</summary>
    public const float AddedVariance = 0.65f; // half from feed-forward, less from attention, which averages values

    /// <summary>The deviation of logits: with 32 thousand tokens the best one then has a few percent.</summary>
    private const double LogitDeviation = 4;

    /// <summary>The mean of silu(g)^2 for normal g.</summary>
    private const double SiluMeanSquare = 0.3558;

    /// <summary>How a matrix is drawn.</summary>
    public static WeightRecipe For(TensorPlan plan, ModelShape shape)
    {
        var unit = 1 / Math.Sqrt(plan.Columns);
        var logits = LogitDeviation / Math.Sqrt(shape.Width);
        var embedding = shape.Tied ? logits : 1;
        var share = embedding / Math.Sqrt(2 * shape.Layers);

        // The outputs of a token's experts are averaged.
        var experts = Math.Sqrt(Math.Max(shape.ExpertsUsed, 1));
        return plan.Role switch
        {
            TensorRole.Embedding => Make(embedding, shape.Relu ? [(float)embedding * SparseGate.Loudness] : []),
            TensorRole.Gate when shape.Relu => Make(unit, GateBiases(shape)),
            TensorRole.AttentionOutput => Make(unit * share, [], shape.Relu),
            TensorRole.Down => Make(unit * experts * share / Math.Sqrt(shape.Relu ? SparseGate.MeanSquare(shape.GateShift) : SiluMeanSquare), [], shape.Relu),
            TensorRole.Output => Make(logits, []),
            _ => Make(unit, []),
        };
    }

    /// <summary>The values of a vector.</summary>
    /// <param name="plan">The vector.</param>
    /// <param name="shape">The model.</param>
    /// <param name="random">A generator for this vector.</param>
    public static float[] Vector(TensorPlan plan, ModelShape shape, SplitMix random)
    {
        if (plan.Role == TensorRole.RopeFrequencies)
            return RopeDivisors.Llama3(shape.HeadWidth, shape.RopeBase);

        var values = new float[plan.Columns];
        Array.Fill(values, 1);
        if (plan.Role == TensorRole.FeedForwardNorm && shape.Relu)
            values[0] = SparseGate.NormWeight(plan.Layer, shape.Layers);

        // Where the embedding is the output, the likeliest next token would always be the last one; random signs break that.
        if (plan.Role == TensorRole.OutputNorm && shape.Tied)
        {
            foreach (ref var value in values.AsSpan())
                value = random.Below(2) == 0 ? 1 : -1;
        }

        return values;
    }

    // The other channels' part of a gate's sum has the deviation of one of them: a row's weights have the length 1.
    private static float[] GateBiases(ModelShape shape)
    {
        var biases = SparseGate.Thresholds.ToArray();
        foreach (ref var bias in biases.AsSpan())
            bias = -(bias + shape.GateShift) / SparseGate.Loudness;
        return biases;
    }

    private static WeightRecipe Make(double deviation, float[] firstWeights, bool silentFirstRow = false)
        => new((float)deviation, firstWeights, silentFirstRow);
}
