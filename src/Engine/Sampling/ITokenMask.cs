namespace Hearth.Engine.Sampling;

/// <summary>
/// What may not be drawn at one position: a grammar, a list of tokens that would complete a banned string. The chain asks about the
/// token it has drawn; only when that one is refused are all logits masked and a second token drawn.
/// </summary>
public interface ITokenMask
{
    /// <summary>Whether <paramref name="token"/> may stand at this position.</summary>
    bool Allows(int token);

    /// <summary>Sets the logit of every token that may not stand at this position to minus infinity.</summary>
    /// <param name="logits">[vocabulary] logits as the model gave them.</param>
    void Apply(Span<float> logits);
}
