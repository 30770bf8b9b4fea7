using System.Globalization;
using System.Text;
using Hearth.Cli.Rendering;

namespace Hearth.Cli.Repl;

/// <summary>
/// Edits one line on a terminal: arrows, Home, End, the control keys of shells, history, and pastes of any size, whose line feeds
/// become part of the text.
/// </summary>
internal sealed class LineEditor
{
    private const string PasteOn = "\e[?2004h";
    private const string PasteOff = "\e[?2004l";
    private const string ClearScreen = "\e[H\e[2J";

    private readonly Terminal terminal;
    private readonly PastingKeys keys;
    private readonly LineHistory history;
    private readonly Ink ink;
    private readonly LineBuffer buffer = new();
    private ScreenLayout? shown;
    private int firstShownRow;

    /// <summary>Makes an editor.</summary>
    /// <param name="terminal">A terminal with <see cref="Terminal.Keys"/>.</param>
    /// <param name="history">Lines that were entered before.</param>
    public LineEditor(Terminal terminal, LineHistory history)
    {
        this.terminal = terminal;
        this.history = history;
        keys = new PastingKeys(terminal.Keys!);
        ink = new Ink(terminal.HasColor);
    }

    /// <summary>Reads a line.</summary>
    /// <param name="prompt">What stands before it.</param>
    public LineResult Read(string prompt)
    {
        buffer.Set("");
        shown = null;
        keys.Reset();
        history.Begin();
        using var raw = terminal.Keys!.Begin();
        terminal.Interrupts.Restoring = PasteOff + "\r\n";
        terminal.Output.Write(PasteOn);
        try
        {
            while (true)
            {
                if (!keys.IsAvailable)
                    Draw(prompt);
                if (keys.Read() is { } key && Handle(key) is { } end)
                {
                    buffer.End();
                    Draw(prompt);
                    return new LineResult(end, end == LineEnd.Entered ? buffer.ToString() : "");
                }
            }
        }
        finally
        {
            terminal.Output.Write(PasteOff + "\r\n");
            terminal.Output.Flush();
            terminal.Interrupts.Restoring = "";
        }
    }

    /// <summary>Acts on a key; gives how the line ends, if it does.</summary>
    private LineEnd? Handle(ConsoleKeyInfo key)
    {
        bool control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        bool alt = key.Modifiers.HasFlag(ConsoleModifiers.Alt);
        switch (key.Key)
        {
            case ConsoleKey.Enter when !keys.IsPasting:
                return LineEnd.Entered;
            case ConsoleKey.C when control:
                return Interrupt();
            case ConsoleKey.D when control && buffer.Length == 0:
                return LineEnd.EndOfInput;
            case ConsoleKey.D when control:
            case ConsoleKey.Delete:
                buffer.Delete();
                break;
            case ConsoleKey.H when control:
            case ConsoleKey.Backspace when !alt:
                buffer.Backspace();
                break;
            case ConsoleKey.W when control:
            case ConsoleKey.Backspace:
                buffer.KillWord();
                break;
            case ConsoleKey.U when control:
                buffer.KillToStart();
                break;
            case ConsoleKey.K when control:
                buffer.KillToEnd();
                break;
            case ConsoleKey.L when control:
                terminal.Output.Write(ClearScreen);
                shown = null;
                break;
            default:
                if (!Move(key.Key, control, alt))
                    Insert(key);
                break;
        }

        return null;
    }

    private bool Move(ConsoleKey key, bool control, bool alt)
    {
        switch (key)
        {
            case ConsoleKey.LeftArrow when control || alt:
            case ConsoleKey.B when alt:
                buffer.WordLeft();
                return true;
            case ConsoleKey.RightArrow when control || alt:
            case ConsoleKey.F when alt:
                buffer.WordRight();
                return true;
            case ConsoleKey.LeftArrow:
            case ConsoleKey.B when control:
                buffer.Left();
                return true;
            case ConsoleKey.RightArrow:
            case ConsoleKey.F when control:
                buffer.Right();
                return true;
            case ConsoleKey.Home:
            case ConsoleKey.A when control:
                buffer.Home();
                return true;
            case ConsoleKey.End:
            case ConsoleKey.E when control:
                buffer.End();
                return true;
            case ConsoleKey.UpArrow:
            case ConsoleKey.P when control:
                Recall(history.Older(buffer.ToString()));
                return true;
            case ConsoleKey.DownArrow:
            case ConsoleKey.N when control:
                Recall(history.Newer());
                return true;
            default:
                return false;
        }
    }

    private void Recall(string? line)
    {
        if (line is not null)
            buffer.Set(line);
    }

    private LineEnd? Interrupt()
    {
        if (buffer.Length == 0)
            return LineEnd.Interrupted;
        buffer.Set("");
        history.Begin();
        return null;
    }

    private void Insert(ConsoleKeyInfo key)
    {
        char c = key.KeyChar is '\r' ? '\n' : key.KeyChar;
        bool isText = !char.IsControl(c) || c is '\n' or '\t';
        if (isText && !key.Modifiers.HasFlag(ConsoleModifiers.Alt))
            buffer.Insert(c);
    }

    /// <summary>
    /// Draws prompt and text in place of what was drawn before. A text with more rows than the screen is shown around the cursor.
    /// </summary>
    private void Draw(string prompt)
    {
        int width = terminal.Width;
        var layout = new ScreenLayout(prompt, buffer.ToString(), buffer.Cursor, width);
        var output = new StringBuilder();
        if (RowsAboveCursor(width) is > 0 and int above)
            output.Append(CultureInfo.InvariantCulture, $"\e[{above}A");
        output.Append("\r\e[J");

        int height = Math.Min(layout.Rows.Count, Math.Max(terminal.Height - 1, 1));
        firstShownRow = Math.Clamp(layout.CursorRow - height + 1, 0, layout.Rows.Count - height);
        for (int row = firstShownRow; row < firstShownRow + height; row++)
        {
            string text = layout.Rows[row];
            output.Append(row > firstShownRow ? "\r\n" : "");
            output.Append(row == 0 ? ink.Dim(text[..layout.PromptLength]) + text[layout.PromptLength..] : text);
        }

        if (firstShownRow + height - 1 - layout.CursorRow is > 0 and int below)
            output.Append(CultureInfo.InvariantCulture, $"\e[{below}A");
        output.Append('\r');
        if (layout.CursorColumn > 0)
            output.Append(CultureInfo.InvariantCulture, $"\e[{layout.CursorColumn}C");
        terminal.Output.Write(output);
        terminal.Output.Flush();
        shown = layout;
    }

    /// <summary>Screen rows from the first that was drawn to the cursor; a screen made narrower has broken them again.</summary>
    private int RowsAboveCursor(int width)
    {
        if (shown is null)
            return 0;
        int rows = shown.CursorColumn / width;
        for (int row = firstShownRow; row < shown.CursorRow; row++)
            rows += Math.Max(1, (shown.Widths[row] + width - 1) / width);
        return rows;
    }
}
