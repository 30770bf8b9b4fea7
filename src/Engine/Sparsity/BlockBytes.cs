namespace Hearth.Engine.Sparsity;

/// <summary>What a feed-forward block has to read.</summary>
/// <param name="Predictor">What says which neurons may be active, for a token; 0 for nothing.</param>
/// <param name="FirstRow">Of a neuron, in the matrix that decides whether it is active: the gate, or up where there is none.</param>
/// <param name="SecondRow">Of a neuron, in the matrix that is read if it is: up, where there is a gate.</param>
/// <param name="DownRow">Of a neuron, in the last matrix.</param>
/// <param name="Dense">The same block in a dense model, for a token.</param>
internal readonly record struct BlockBytes(long Predictor, long FirstRow, long SecondRow, long DownRow, long Dense);
