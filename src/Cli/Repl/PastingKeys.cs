namespace Hearth.Cli.Repl;

/// <summary>
/// Keys, with the marks that a terminal puts around a paste (bracketed paste: ESC [ 200 ~ ... ESC [ 201 ~) taken out. The console reads
/// such a mark as Alt+[ and characters.
/// </summary>
internal sealed class PastingKeys(IKeys keys)
{
    private const string Begin = "[200~";
    private const string End = "[201~";

    private readonly Queue<ConsoleKeyInfo> ahead = new();

    /// <summary>Whether the key read last was pasted.</summary>
    public bool IsPasting { get; private set; }

    /// <summary>Whether a key waits.</summary>
    public bool IsAvailable => ahead.Count > 0 || keys.IsAvailable;

    /// <summary>Waits for a key.</summary>
    public ConsoleKeyInfo Read()
    {
        while (true)
        {
            var key = ahead.Count > 0 ? ahead.Dequeue() : keys.Read();
            bool escape = key is { KeyChar: '[', Modifiers: ConsoleModifiers.Alt } || key.Key == ConsoleKey.Escape;
            if (!escape || ahead.Count > 0 || !TryReadMark(key))
                return key;
        }
    }

    /// <summary>Reads on as long as it looks like a mark; what turns out to be none is kept.</summary>
    private bool TryReadMark(ConsoleKeyInfo first)
    {
        string mark = IsPasting ? End : Begin;
        int matched = first.KeyChar == '[' ? 1 : 0;
        while (matched < mark.Length && keys.IsAvailable)
        {
            var key = keys.Read();
            ahead.Enqueue(key);
            if (key.KeyChar != mark[matched])
                return false;
            matched++;
        }

        if (matched < mark.Length)
            return false;
        ahead.Clear();
        IsPasting = !IsPasting;
        return true;
    }
}
