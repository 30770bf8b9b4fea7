namespace Hearth.Cli.Repl;

/// <summary>How reading a line ended.</summary>
internal enum LineEnd
{
    /// <summary>With Enter.</summary>
    Entered,

    /// <summary>The input has ended, or Ctrl-D on an empty line.</summary>
    EndOfInput,

    /// <summary>Ctrl-C on an empty line.</summary>
    Interrupted,
}

/// <summary>A line that was read.</summary>
/// <param name="End">How it ended.</param>
/// <param name="Text">The text; empty unless it was entered.</param>
internal readonly record struct LineResult(LineEnd End, string Text);
