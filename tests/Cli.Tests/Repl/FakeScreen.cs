using System.Globalization;
using System.Text;
using Spectre.Console;

namespace Hearth.Cli.Tests.Repl;

/// <summary>As much of a terminal as the line editor uses: it shows what a person would see.</summary>
internal sealed class FakeScreen(int width, int height)
{
    private readonly List<StringBuilder> rows = [.. Enumerable.Range(0, height).Select(_ => new StringBuilder())];
    private int row;
    private int column;
    private bool wraps;

    public int CursorRow => row;

    public int CursorColumn => column;

    public string[] Rows => [.. rows.Select(line => line.ToString().TrimEnd())];

    public void Write(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            if (text[i] == '\e')
            {
                int end = i + 2;
                while (text[end] is < '@' or > '~')
                    end++;
                Obey(text[end], text[(i + 2)..end]);
                i = end + 1;
                continue;
            }

            string element = StringInfo.GetNextTextElement(text, i);
            i += element.Length;
            foreach (string part in element == "\r\n" ? ["\r", "\n"] : new[] { element })
                Put(part);
        }
    }

    private void Put(string element)
    {
        switch (element)
        {
            case "\r":
                column = 0;
                wraps = false;
                break;
            case "\n":
                Feed();
                wraps = false;
                break;
            default:
                Show(element);
                break;
        }
    }

    private void Show(string element)
    {
        int cells = element.GetCellWidth();
        if (wraps || column + cells > width)
        {
            Feed();
            column = 0;
        }

        // A wide character takes two cells of the row's text: itself and an empty one.
        var line = rows[row];
        while (line.Length < column)
            line.Append(' ');
        line.Length = column;
        line.Append(cells == 2 && element.Length == 1 ? element + '\u200B' : element);
        column += cells;
        wraps = column == width;
        if (wraps)
            column = width - 1;
    }

    private void Feed()
    {
        if (row < height - 1)
        {
            row++;
            return;
        }

        rows.RemoveAt(0);
        rows.Add(new StringBuilder());
    }

    private void Obey(char final, string parameters)
    {
        int count = int.TryParse(parameters, CultureInfo.InvariantCulture, out int given) ? given : 1;
        switch (final)
        {
            case 'A':
                row = Math.Max(row - count, 0);
                wraps = false;
                break;
            case 'C':
                column = Math.Min(column + count, width - 1);
                break;
            case 'H':
                (row, column, wraps) = (0, 0, false);
                break;
            case 'J':
                rows[row].Length = Math.Min(rows[row].Length, parameters == "2" ? 0 : column);
                for (int below = parameters == "2" ? 0 : row + 1; below < height; below++)
                    rows[below].Clear();
                break;
        }
    }
}
