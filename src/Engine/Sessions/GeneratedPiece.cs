namespace Hearth.Engine.Sessions;

/// <summary>What one token added to the text.</summary>
/// <param name="Token">The token; -1 for text that was held back and follows the last token.</param>
/// <param name="Text">Text that is complete now: empty while a character or a possible stop string is unfinished.</param>
public readonly record struct GeneratedPiece(int Token, string Text);
