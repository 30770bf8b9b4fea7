using System.Text;

namespace Hearth.Cli.Repl;

/// <summary>
/// Keys without the escape sequences that the console does not know. It gives such a sequence as Escape, or Alt, and its characters;
/// among them are the marks around a paste (bracketed paste: ESC [ 200 ~ ... ESC [ 201 ~).
/// </summary>
internal sealed class PastingKeys(IKeys keys)
{
    private const string PasteBegins = "200~";
    private const string PasteEnds = "201~";

    /// <summary>Whether what is read now was pasted.</summary>
    public bool IsPasting { get; private set; }

    /// <summary>Whether a key waits.</summary>
    public bool IsAvailable => keys.IsAvailable;

    /// <summary>Waits for a key; null for a sequence.</summary>
    public ConsoleKeyInfo? Read()
    {
        var key = keys.Read();
        bool isAlt = key.Modifiers == ConsoleModifiers.Alt;
        if (key.Key == ConsoleKey.Escape && keys.IsAvailable)
        {
            key = keys.Read();
            isAlt = true;
        }

        if (!isAlt || key.KeyChar != '[')
            return key;
        string sequence = ReadSequence();
        IsPasting = sequence == PasteBegins || (IsPasting && sequence != PasteEnds);
        return null;
    }

    /// <summary>Forgets a paste whose end never came.</summary>
    public void Reset() => IsPasting = false;

    /// <summary>Parameters, and the letter or tilde that ends a sequence.</summary>
    private string ReadSequence()
    {
        var sequence = new StringBuilder();
        while (keys.IsAvailable)
        {
            char c = keys.Read().KeyChar;
            sequence.Append(c);
            if (c is >= '@' and <= '~')
                break;
        }

        return sequence.ToString();
    }
}
