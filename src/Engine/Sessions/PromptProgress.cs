namespace Hearth.Engine.Sessions;

/// <summary>How far a prompt is read, or texts that are embedded.</summary>
/// <param name="ReadTokens">Tokens that were read.</param>
/// <param name="TotalTokens">Tokens that were to be read: those that the session did not hold before.</param>
public readonly record struct PromptProgress(int ReadTokens, int TotalTokens);
