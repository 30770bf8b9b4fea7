namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>What the neurons of one feed-forward block have done over a text.</summary>
/// <param name="Name">The beginning of the name of the matrix that decides: <c>blk.N.ffn_gate</c>, or <c>blk.N.ffn_up</c> where there is no gate.</param>
/// <param name="Frequencies">For each neuron the share of tokens for which it was not zero.</param>
/// <param name="GateShare">The share of neurons whose gate was positive.</param>
/// <param name="Signs">What a vote of signs would do; null where there is none, because the gate has a bias.</param>
public sealed record LayerProfile(string Name, IReadOnlyList<float> Frequencies, float GateShare, SignOutlook? Signs)
{
    /// <summary>The share of neurons that were not zero.</summary>
    public double ActiveShare => Frequencies.Average();

    /// <summary>The smallest share of the neurons that does a share of all that is done.</summary>
    /// <param name="share">0 to 1.</param>
    public double HotShare(double share)
    {
        double left = share * Frequencies.Sum(frequency => (double)frequency);
        int count = 0;
        foreach (float frequency in Frequencies.OrderDescending())
        {
            if (left <= 0)
                break;
            left -= frequency;
            count++;
        }

        return (double)count / Frequencies.Count;
    }
}
