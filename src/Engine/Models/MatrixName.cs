namespace Hearth.Engine.Models;

/// <summary>Where a packed matrix came from.</summary>
/// <param name="Tensor">The tensor's name.</param>
/// <param name="Index">Which of its matrices: an expert's number, or 0.</param>
/// <param name="Count">How many matrices the tensor has.</param>
/// <param name="IsTurned">Whether its rows are the tensor's columns.</param>
internal readonly record struct MatrixName(string Tensor, int Index, int Count, bool IsTurned = false);
