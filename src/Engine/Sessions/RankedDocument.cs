namespace Hearth.Engine.Sessions;

/// <summary>A document's place among others.</summary>
/// <param name="Index">Which of the documents it is, from 0.</param>
/// <param name="Score">How well it answers the query.</param>
public readonly record struct RankedDocument(int Index, float Score);
