namespace Hearth.Engine.Sessions;

/// <summary>How texts become vectors.</summary>
public sealed record EmbeddingOptions
{
    /// <summary>
    /// How the states of the tokens become one vector; null for what the model file says, and where it says nothing the mean of an
    /// encoder's states and a decoder's last one.
    /// </summary>
    public Pooling? Pooling { get; init; }

    /// <summary>Whether vectors are scaled to length 1, so that their dot product is the cosine of their angle.</summary>
    public bool Normalize { get; init; } = true;
}
