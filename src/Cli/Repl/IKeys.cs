namespace Hearth.Cli.Repl;

/// <summary>Keys as they are pressed.</summary>
internal interface IKeys
{
    /// <summary>Whether a key waits.</summary>
    bool IsAvailable { get; }

    /// <summary>Begins to read keys, Ctrl-C among them, which otherwise is an interrupt.</summary>
    /// <returns>Ends it when disposed.</returns>
    IDisposable Begin();

    /// <summary>Waits for a key.</summary>
    ConsoleKeyInfo Read();
}
