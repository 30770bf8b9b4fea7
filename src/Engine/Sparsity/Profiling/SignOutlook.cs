namespace Hearth.Engine.Sparsity.Profiling;

/// <summary>What a vote of signs does in one block, set to lose no more than was allowed.</summary>
/// <param name="Z">Standard deviations by which a vote has to be negative for a neuron to be left out; may be below zero.</param>
/// <param name="ChosenShare">The share of neurons whose gate is then computed.</param>
/// <param name="LostEnergy">The share of the squares of what the last matrix meets that is lost.</param>
public sealed record SignOutlook(float Z, float ChosenShare, float LostEnergy);
