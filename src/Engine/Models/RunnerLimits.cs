namespace Hearth.Engine.Models;

/// <summary>What a runner's memory is planned for.</summary>
/// <param name="Tokens">The most tokens of a batch.</param>
/// <param name="Outputs">The most tokens of a batch that want logits.</param>
/// <param name="Sequences">The most sequences of a batch.</param>
/// <param name="Context">The most positions of a sequence.</param>
public readonly record struct RunnerLimits(int Tokens, int Outputs, int Sequences, int Context);
