namespace Hearth.Engine.Sampling;

/// <summary>What a script's chain made of one position.</summary>
/// <param name="Kept">The tokens left with a finite logit, best first, ties by id.</param>
/// <param name="Probabilities">The softmax over them, in the same order.</param>
/// <param name="Selected">The token a selecting chain (greedy, mirostat) chose or was given; null for the others.</param>
/// <param name="MuBefore">Mirostat's mu before the choice; null without mirostat.</param>
public sealed record SamplerScriptStep(
    IReadOnlyList<int> Kept, IReadOnlyList<float> Probabilities, int? Selected, float? MuBefore);
