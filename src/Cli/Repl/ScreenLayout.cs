using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Hearth.Cli.Repl;

/// <summary>A prompt and a text broken into rows of a screen, and where the cursor is in them.</summary>
internal sealed class ScreenLayout
{
    private const string TabDisplay = "    ";

    private readonly List<string> rows = [];
    private readonly List<int> widths = [];
    private readonly StringBuilder row = new();
    private readonly int width;
    private int column;

    /// <summary>Breaks a text.</summary>
    /// <param name="prompt">What stands before the text, in the first row.</param>
    /// <param name="text">The text.</param>
    /// <param name="cursor">Where the cursor is in it.</param>
    /// <param name="width">Columns of the screen.</param>
    public ScreenLayout(string prompt, string text, int cursor, int width)
    {
        this.width = width;
        Place(prompt);
        PromptLength = prompt.Length;
        var elements = StringInfo.GetTextElementEnumerator(text);
        while (elements.MoveNext())
        {
            if (elements.ElementIndex == cursor)
                MarkCursor();
            string element = elements.GetTextElement();
            if (element is "\n" or "\r\n")
                EndRow();
            else
                Place(element == "\t" ? TabDisplay : element);
        }

        if (cursor >= text.Length)
            MarkCursor();
        EndRow();
    }

    /// <summary>The rows as they are shown; the first one begins with the prompt.</summary>
    public IReadOnlyList<string> Rows => rows;

    /// <summary>Columns that each row fills.</summary>
    public IReadOnlyList<int> Widths => widths;

    /// <summary>Characters of the prompt.</summary>
    public int PromptLength { get; }

    /// <summary>The cursor's row.</summary>
    public int CursorRow { get; private set; }

    /// <summary>The cursor's column.</summary>
    public int CursorColumn { get; private set; }

    private void Place(string element)
    {
        int cells = element.GetCellWidth();
        if (column + cells > width)
            EndRow();
        row.Append(element);
        column += cells;
    }

    private void MarkCursor()
    {
        if (column >= width)
            EndRow();
        CursorRow = rows.Count;
        CursorColumn = column;
    }

    private void EndRow()
    {
        rows.Add(row.ToString());
        widths.Add(column);
        row.Clear();
        column = 0;
    }
}
