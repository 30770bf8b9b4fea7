namespace Hearth.Engine.Sampling;

/// <summary>A token and the logarithm of the probability that the model gives it, before any sampler.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="LogProbability">At most 0; minus infinity for a token that the model excludes.</param>
public readonly record struct TokenLogProbability(int Token, float LogProbability);
