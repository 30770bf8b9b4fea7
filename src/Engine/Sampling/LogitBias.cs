namespace Hearth.Engine.Sampling;

/// <summary>A number added to one token's logit before any sampler.</summary>
/// <param name="Token">The token's id.</param>
/// <param name="Bias">The summand; minus infinity forbids the token.</param>
public readonly record struct LogitBias(int Token, float Bias);
