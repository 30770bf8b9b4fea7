namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>
/// How random weights are made to leave most neurons of a ReLU gate silent, as in trained models of that kind: a matrix of random
/// numbers alone would leave half of them active.
/// </summary>
/// <remarks>
/// Channel 0 of the residual stream is loud, the same for every token, and never changed by a block (row 0 of what writes to the
/// stream is zero). A gate row's weight for that channel is then a bias: with a negative one the neuron fires only when the
/// rest of its sum, which is nearly normal, exceeds a threshold. Rows draw their thresholds from a table, so that some neurons
/// are hot and many are cold.
/// </remarks>
internal static class SparseGate
{
    /// <summary>Channel 0 of the embedding, in standard deviations of the others.</summary>
    public const float Loudness = 16;

    /// <summary>
    /// Thresholds in standard deviations, for firing rates of 55, 30, 20, 15, 12, 9, 7, 5, 4, 3, 2, 1.5, 1, 0.6, 0.3 and 0.1
    /// percent: 10.4 % on average, and two thirds of all firing comes from a quarter of the neurons.
    /// </summary>
    public static ReadOnlySpan<float> Thresholds
        => [-0.13f, 0.52f, 0.84f, 1.04f, 1.17f, 1.34f, 1.48f, 1.64f, 1.75f, 1.88f, 2.05f, 2.17f, 2.33f, 2.51f, 2.75f, 3.09f];

    /// <summary>What has to be added to <see cref="Thresholds"/> so that a share of the neurons is silent.</summary>
    /// <param name="zeros">The share, 0 to 1.</param>
    public static float ShiftFor(double zeros)
    {
        double low = -8;
        double high = 8;
        for (int i = 0; i < 40; i++)
        {
            double middle = (low + high) / 2;
            if (Average((float)middle, _ => 1) > 1 - zeros)
                low = middle;
            else
                high = middle;
        }

        return (float)high;
    }

    /// <summary>The mean of relu(g - t)^2 over the shifted thresholds t, for normal g.</summary>
    public static double MeanSquare(float shift) => Average(shift, above => above * above);

    /// <summary>The mean over the thresholds of what a function gives of how far a normal number is above the threshold, 0 below it.</summary>
    private static double Average(float shift, Func<double, double> function)
    {
        const double step = 1.0 / 128;
        double sum = 0;
        foreach (float threshold in Thresholds)
        {
            for (double x = -8 + (step / 2); x < 8; x += step)
            {
                if (x > threshold + shift)
                    sum += function(x - threshold - shift) * Math.Exp(-x * x / 2) * step;
            }
        }

        return sum / (Math.Sqrt(2 * Math.PI) * Thresholds.Length);
    }

    /// <summary>
    /// The weight of the feed-forward norm for channel 0: what the blocks below have added to the other channels makes this one
    /// quieter after normalisation, and the thresholds would sink.
    /// </summary>
    /// <param name="layer">The block.</param>
    /// <param name="layers">All blocks.</param>
    public static float NormWeight(int layer, int layers) => MathF.Sqrt(1 + (WeightRecipe.AddedVariance * (layer + 0.5f) / layers));
}
