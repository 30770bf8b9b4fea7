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
