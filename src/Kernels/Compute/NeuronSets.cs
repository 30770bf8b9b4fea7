namespace Hearth.Kernels.Compute;

/// <summary>For each token a set of neurons, a bit a neuron: what a predictor thinks may be active. In the arena, valid until its scope ends.</summary>
public readonly unsafe struct NeuronSets
{
    internal const int WordBits = 64;

    internal NeuronSets(ulong* words, int count, int neurons)
    {
        Words = words;
        Count = count;
        Neurons = neurons;
    }

    /// <summary>Tokens.</summary>
    public int Count { get; }

    /// <summary>Neurons of the block.</summary>
    public int Neurons { get; }

    internal ulong* Words { get; }

    internal int WordsPerToken => WordsOf(Neurons);

    /// <summary>Whether a token's set has a neuron.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such token or neuron.</exception>
    public bool Has(int token, int neuron)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)token, (uint)Count, nameof(token));
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)neuron, (uint)Neurons, nameof(neuron));
        return ((Of(token)[neuron / WordBits] >> (neuron % WordBits)) & 1) != 0;
    }

    internal static int WordsOf(int neurons) => (neurons + (WordBits - 1)) / WordBits;

    internal ulong* Of(int token) => Words + (token * (long)WordsPerToken);
}
