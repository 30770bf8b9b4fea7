namespace Hearth.Perf.EndToEnd.Synthetic;

/// <summary>The sizes of a model of the Llama family: all that its speed depends on, apart from the weights' types.</summary>
internal sealed record ModelShape
{
    /// <summary>How the command line calls it.</summary>
    public required string Name { get; init; }

    /// <summary>Whose sizes these are.</summary>
    public required string Description { get; init; }

    /// <summary>Transformer blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required int Width { get; init; }

    /// <summary>Neurons of a feed-forward block, or of one expert.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key and value heads.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Width of a head.</summary>
    public required int HeadWidth { get; init; }

    /// <summary>Tokens of the vocabulary.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>Positions the original was trained for.</summary>
    public required int Context { get; init; }

    /// <summary>Base of the rotary frequencies.</summary>
    public float RopeBase { get; init; } = 10000;

    /// <summary>Whether rotary frequencies are divided as in Llama 3.1 and later (tensor <c>rope_freqs.weight</c>).</summary>
    public bool ScaledRope { get; init; }

    /// <summary>Whether the embedding is the output matrix too.</summary>
    public bool Tied { get; init; }

    /// <summary>
    /// Whether the gate's activation is ReLU, with weights that leave about a tenth of the neurons active (<see cref="SparseGate"/>).
    /// </summary>
    public bool Relu { get; init; }

    /// <summary>What is added to the thresholds of <see cref="SparseGate"/>: more of it silences more neurons.</summary>
    public float GateShift { get; init; }

    /// <summary>Experts of a block; 0 for a dense model.</summary>
    public int Experts { get; init; }

    /// <summary>Experts that a token uses.</summary>
    public int ExpertsUsed { get; init; }

    /// <summary>Weights of all tensors together.</summary>
    public long Parameters
    {
        get
        {
            var attention = 2L * Width * HeadWidth * (Heads + KvHeads);
            var feedForward = (3L * Width * FeedForward * Math.Max(Experts, 1)) + (1L * Width * Experts);
            var norms = 2L * Width;
            return (Layers * (attention + feedForward + norms)) + Width + ((Tied ? 1L : 2L) * Width * Vocabulary);
        }
    }
}
