namespace Hearth.Cli.Repl;

/// <summary>A line that was read.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Text">The text; empty unless it was entered.</param>
internal readonly record struct LineResult(LineEnd End, string Text);
