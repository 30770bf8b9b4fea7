namespace Hearth.Engine.Sparsity;

/// <summary>What one sparse feed-forward block has read so far. Counted while passes run, one at a time; readers may see numbers of different tokens.</summary>
public sealed class LayerActivity
{
    private readonly long gateBytes;
    private readonly long upRowBytes;
    private readonly long downRowBytes;
    private readonly long denseBytes;

    internal LayerActivity(string name, int neurons, long gateBytes, long upRowBytes, long downRowBytes, long denseBytes)
    {
        Name = name;
        Neurons = neurons;
        this.gateBytes = gateBytes;
        this.upRowBytes = upRowBytes;
        this.downRowBytes = downRowBytes;
        this.denseBytes = denseBytes;
    }

    /// <summary>The beginning of its tensors' names.</summary>
    public string Name { get; }

    /// <summary>Its neurons.</summary>
    public int Neurons { get; }

    /// <summary>Tokens that were computed a few at a time, as answers are.</summary>
    public long Tokens { get; private set; }

    /// <summary>Neurons that were active, of all these tokens.</summary>
    public long ActiveNeurons { get; private set; }

    /// <summary>The share of neurons that were active; 0 before there were tokens.</summary>
    public double ActiveShare => Tokens == 0 ? 0 : (double)ActiveNeurons / (Tokens * Neurons);

    /// <summary>Bytes of weights that these tokens have read.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Bytes of weights that a token would read without zeros.</summary>
    public long BytesPerToken => gateBytes + (Neurons * (upRowBytes + downRowBytes));

    /// <summary>Bytes that a token reads more, or less where the number is negative, than of the same block in a dense model; 0 before there were tokens.</summary>
    public long BytesAdded => Tokens == 0 ? 0 : (BytesRead / Tokens) - denseBytes;

    internal void Add(int active, int upRows, int downRows)
    {
        Tokens++;
        ActiveNeurons += active;
        BytesRead += gateBytes + (upRows * upRowBytes) + (downRows * downRowBytes);
    }
}
