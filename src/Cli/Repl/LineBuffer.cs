using System.Globalization;
using System.Text;

namespace Hearth.Cli.Repl;

/// <summary>
/// A text with a cursor and the edits of a line editor. The cursor stands between characters as people see them (graphemes).
/// </summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder text = new();

    /// <summary>Where the cursor is, in UTF-16 units.</summary>
    public int Cursor { get; private set; }

    /// <summary>UTF-16 units.</summary>
    public int Length => text.Length;

    public override string ToString() => text.ToString();

    /// <summary>Replaces everything; the cursor goes to the end.</summary>
    public void Set(string value)
    {
        text.Clear().Append(value);
        Cursor = text.Length;
    }

    /// <summary>Inserts a unit at the cursor. The halves of a surrogate pair come one after the other.</summary>
    public void Insert(char c) => text.Insert(Cursor++, c);

    /// <summary>Moves by a character.</summary>
    public void Left() => Cursor = Before(Cursor);

    /// <summary>Moves by a character.</summary>
    public void Right() => Cursor = After(Cursor);

    /// <summary>Moves to the beginning of this word or the one before.</summary>
    public void WordLeft() => Cursor = WordStart();

    /// <summary>Moves to the end of this word or the next.</summary>
    public void WordRight()
    {
        while (Cursor < Length && char.IsWhiteSpace(text[Cursor]))
            Cursor++;
        while (Cursor < Length && !char.IsWhiteSpace(text[Cursor]))
            Cursor++;
    }

    /// <summary>Moves to the beginning.</summary>
    public void Home() => Cursor = 0;

    /// <summary>Moves to the end.</summary>
    public void End() => Cursor = Length;

    /// <summary>Deletes the character before the cursor.</summary>
    public void Backspace() => DeleteFrom(Before(Cursor));

    /// <summary>Deletes the character at the cursor.</summary>
    public void Delete() => text.Remove(Cursor, After(Cursor) - Cursor);

    /// <summary>Deletes everything before the cursor.</summary>
    public void KillToStart() => DeleteFrom(0);

    /// <summary>Deletes everything behind the cursor.</summary>
    public void KillToEnd() => text.Length = Cursor;

    /// <summary>Deletes the word before the cursor.</summary>
    public void KillWord() => DeleteFrom(WordStart());

    private int WordStart()
    {
        int start = Cursor;
        while (start > 0 && char.IsWhiteSpace(text[start - 1]))
            start--;
        while (start > 0 && !char.IsWhiteSpace(text[start - 1]))
            start--;
        return start;
    }

    private void DeleteFrom(int start)
    {
        text.Remove(start, Cursor - start);
        Cursor = start;
    }

    private int Before(int position)
    {
        int start = 0;
        foreach (int next in Boundaries())
        {
            if (next >= position)
                break;
            start = next;
        }

        return start;
    }

    private int After(int position)
    {
        foreach (int next in Boundaries())
        {
            if (next > position)
                return next;
        }

        return Length;
    }

    private int[] Boundaries() => [.. StringInfo.ParseCombiningCharacters(text.ToString()).Skip(1)];
}
