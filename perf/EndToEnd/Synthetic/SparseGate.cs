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
    /// The mean of relu(g)^2 over <see cref="Thresholds"/>, for normal g: (1 + t^2) P(g &gt; t) - t p(t), averaged.
    /// </summary>
    public const double MeanSquare = 0.0717;

    /// <summary>
    /// Thresholds in standard deviations, for firing rates of 55, 30, 20, 15, 12, 9, 7, 5, 4, 3, 2, 1.5, 1, 0.6, 0.3 and 0.1
    /// percent: 10.4 % on average, and two thirds of all firing comes from a quarter of the neurons.
    /// </summary>
    public static ReadOnlySpan<float> Thresholds
        => [-0.13f, 0.52f, 0.84f, 1.04f, 1.17f, 1.34f, 1.48f, 1.64f, 1.75f, 1.88f, 2.05f, 2.17f, 2.33f, 2.51f, 2.75f, 3.09f];

    /// <summary>
    /// The weight of the feed-forward norm for channel 0: what the blocks below have added to the other channels makes this one
    /// quieter after normalisation, and the thresholds would sink.
    /// </summary>
    /// <param name="layer">The block.</param>
    /// <param name="layers">All blocks.</param>
    public static float NormWeight(int layer, int layers) => MathF.Sqrt(1 + (WeightRecipe.AddedVariance * (layer + 0.5f) / layers));
}
