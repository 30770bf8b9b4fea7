namespace Hearth.Cli.Repl;

/// <summary>Keys as they are pressed.</summary>
internal interface IKeys
{
    /// <summary>Whether a key waits.</summary>
    bool IsAvailable { get; }

    /// <summary>Waits for a key. Ctrl-C is one.</summary>
    ConsoleKeyInfo Read();
}
