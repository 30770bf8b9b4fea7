using System.Text;

namespace Hearth.Cli.Repl;

/// <summary>
/// Reads what a person says: a line, or several between lines of three quotes. On a terminal the lines are edited; elsewhere they are
/// read as they come, and without a prompt where nobody types them.
/// </summary>
internal sealed class MessageReader
{
    private const string Prompt = ">>> ";
    private const string ContinuedPrompt = "... ";
    private const string Quotes = "\"\"\"";

    private readonly Terminal terminal;
    private readonly LineEditor? editor;
    private readonly LineHistory history;

    /// <summary>Makes a reader.</summary>
    /// <param name="terminal">Where the lines come from.</param>
    /// <param name="history">Takes what is said on a terminal.</param>
    public MessageReader(Terminal terminal, LineHistory history)
    {
        this.terminal = terminal;
        this.history = history;
        editor = terminal.Keys is null ? null : new LineEditor(terminal, history);
    }

    /// <summary>Reads a message.</summary>
    public LineResult Read()
    {
        var first = ReadLine(Prompt);
        if (first.End != LineEnd.Entered)
            return first;
        string start = first.Text.TrimStart();
        if (!start.StartsWith(Quotes, StringComparison.Ordinal))
        {
            Remember(first.Text);
            return first;
        }

        var message = new StringBuilder();
        string line = start[Quotes.Length..];
        while (!line.TrimEnd().EndsWith(Quotes, StringComparison.Ordinal))
        {
            if (message.Length > 0 || line.Length > 0)
                message.Append(line).Append('\n');
            var next = ReadLine(ContinuedPrompt);
            if (next.End == LineEnd.Interrupted)
                return new LineResult(LineEnd.Entered, "");
            if (next.End == LineEnd.EndOfInput)
                return new LineResult(LineEnd.Entered, message.ToString().TrimEnd('\n'));
            line = next.Text;
        }

        message.Append(line.TrimEnd()[..^Quotes.Length]);
        string text = message.ToString().TrimEnd('\n');
        Remember(text);
        return new LineResult(LineEnd.Entered, text);
    }

    private LineResult ReadLine(string prompt)
    {
        if (editor is not null)
            return editor.Read(prompt);
        bool isTyped = terminal is { InputIsTerminal: true, OutputIsTerminal: true };
        if (isTyped)
        {
            terminal.Output.Write(prompt);
            terminal.Output.Flush();
        }

        if (terminal.Input.ReadLine() is { } line)
            return new LineResult(LineEnd.Entered, line);
        if (isTyped)
            terminal.Output.WriteLine();
        return new LineResult(LineEnd.EndOfInput, "");
    }

    private void Remember(string text)
    {
        if (editor is not null)
            history.Add(text);
    }
}
