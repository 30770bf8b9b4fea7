namespace Hearth.Cli.Repl;

/// <summary>The keys of the process's console.</summary>
internal sealed class ConsoleKeys : IKeys
{
    public bool IsAvailable => Console.KeyAvailable;

    public ConsoleKeyInfo Read() => Console.ReadKey(intercept: true);
}
