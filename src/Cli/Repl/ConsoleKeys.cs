namespace Hearth.Cli.Repl;

/// <summary>The keys of the process's console.</summary>
internal sealed class ConsoleKeys : IKeys
{
    public bool IsAvailable => Console.KeyAvailable;

    public IDisposable Begin()
    {
        Console.TreatControlCAsInput = true;
        return new Reading();
    }

    public ConsoleKeyInfo Read() => Console.ReadKey(intercept: true);

    private sealed class Reading : IDisposable
    {
        public void Dispose() => Console.TreatControlCAsInput = false;
    }
}
