using Hearth.Engine.Sparsity.Profiling;

namespace Hearth.Engine.Sparsity;

/// <summary>What one sparse feed-forward block has read so far. Counted while passes run, one at a time; readers may see numbers of different tokens.</summary>
public sealed class LayerActivity
{
    private readonly BlockBytes bytes;

    internal LayerActivity(string name, int neurons, string? predictor, BlockBytes bytes)
    {
        Name = name;
        Neurons = neurons;
        Predictor = predictor;
        this.bytes = bytes;
    }

    /// <summary>The beginning of its tensors' names.</summary>
    public string Name { get; }

    /// <summary>Its neurons.</summary>
    public int Neurons { get; }

    /// <summary>What says which rows of its first matrix are read, and how it is set; null where all are.</summary>
    public string? Predictor { get; }

    /// <summary>Tokens that were computed a few at a time, as answers are.</summary>
    public long Tokens { get; private set; }

    /// <summary>Neurons of whose first row the product was computed, of all these tokens.</summary>
    public long PredictedNeurons { get; private set; }

    /// <summary>Neurons that were active, of all these tokens.</summary>
    public long ActiveNeurons { get; private set; }

    /// <summary>The share of neurons that a predictor has chosen; 0 before there were tokens.</summary>
    public double PredictedShare => Tokens == 0 ? 0 : (double)PredictedNeurons / (Tokens * Neurons);

    /// <summary>The share of neurons that were active; 0 before there were tokens.</summary>
    public double ActiveShare => Tokens == 0 ? 0 : (double)ActiveNeurons / (Tokens * Neurons);

    /// <summary>Bytes of weights that these tokens have read, with those of a predictor.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes of weights that a token would read without zeros.</summary>
    public long BytesPerToken => Neurons * (bytes.FirstRow + bytes.SecondRow + bytes.DownRow);

    /// <summary>Bytes that a token reads more, or less where the number is negative, than of the same block in a dense model; 0 before there were tokens.</summary>
    public long BytesAdded => Tokens == 0 ? 0 : (BytesRead / Tokens) - bytes.Dense;

    /// <summary>What tells apart models that compute differently.</summary>
    internal string Identity => Predictor == null ? Name : $"{Name} {Predictor}";

    /// <summary>Whether signs can guess: they say nothing of a bias, and a factor below zero turns them all around.</summary>
    internal bool CanVote { get; init; }

    /// <summary>Sees what the neurons do, in passes that are then computed whole; null for nobody.</summary>
    internal INeuronObserver? Observer { get; set; }

    internal void Add(int firstRows, int active, int secondRows, int downRows)
    {
        Tokens++;
        PredictedNeurons += firstRows;
        ActiveNeurons += active;
        BytesRead += bytes.Predictor + (firstRows * bytes.FirstRow) + (secondRows * bytes.SecondRow) + (downRows * bytes.DownRow);
    }
}
