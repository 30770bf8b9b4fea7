namespace Hearth.Engine.Sampling;

/// <summary>A token and its probability.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Probability">In [0, 1], of the distribution the member that returned it speaks about.</param>
public readonly record struct TokenProbability(int Token, float Probability);
