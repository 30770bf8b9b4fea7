using Hearth.Cli.Repl;

namespace Hearth.Cli.Tests.Repl;

/// <summary>Keys pressed one after the other. A pause makes the editor draw.</summary>
internal sealed class FakeKeys : IKeys
{
    private readonly Queue<ConsoleKeyInfo?> keys = new();

    public bool IsAvailable => keys.Count > 0 && keys.Peek() is not null;

    public IDisposable Begin() => new MemoryStream();

    public ConsoleKeyInfo Read()
    {
        while (keys.TryDequeue(out var key))
        {
            if (key is { } pressed)
                return pressed;
        }

        throw new InvalidOperationException("The editor waits for a key that the test does not press.");
    }

    public FakeKeys Pause()
    {
        keys.Enqueue(null);
        return this;
    }

    public FakeKeys Type(string text)
    {
        foreach (char c in text)
            keys.Enqueue(new ConsoleKeyInfo(c, c is '\r' or '\n' ? ConsoleKey.Enter : ConsoleKey.None, false, false, false));
        return this;
    }

    public FakeKeys Press(params ConsoleKey[] pressed)
    {
        foreach (var key in pressed)
            keys.Enqueue(new ConsoleKeyInfo(key == ConsoleKey.Enter ? '\r' : '\0', key, false, false, false));
        return this;
    }

    public FakeKeys Control(char letter)
    {
        keys.Enqueue(new ConsoleKeyInfo((char)(letter - 'A' + 1), (ConsoleKey)letter, false, false, true));
        return this;
    }

    public FakeKeys Alt(ConsoleKey key)
    {
        keys.Enqueue(new ConsoleKeyInfo(char.ToLowerInvariant((char)key), key, false, true, false));
        return this;
    }

    /// <summary>What the console makes of an escape sequence that it does not know.</summary>
    public FakeKeys Sequence(string text)
    {
        keys.Enqueue(new ConsoleKeyInfo('\e', ConsoleKey.Escape, false, false, false));
        return Type(text);
    }

    public FakeKeys Paste(string text) => Sequence("[200~").Type(text).Sequence("[201~");
}
