using Hearth.Engine.Sessions;

namespace Hearth.Cli.Rendering;

/// <summary>Writes generated text as it comes: as it is into a pipe, harmless on a terminal.</summary>
internal sealed class AnswerWriter(Terminal terminal)
{
    private bool endsLine = true;

    /// <summary>Writes a piece and hands it out at once.</summary>
    public void Write(GeneratedPiece piece) => Write(piece.Text);

    /// <summary>Writes text and hands it out at once.</summary>
    public void Write(string text)
    {
        if (text.Length == 0)
            return;
        terminal.Output.Write(terminal.OutputIsTerminal ? Printable.Text(text) : text);
        terminal.Output.Flush();
        endsLine = text[^1] == '\n';
    }

    /// <summary>Ends the last line if the text has not.</summary>
    public void EndLine()
    {
        if (!endsLine)
            terminal.Output.Write('\n');
        terminal.Output.Flush();
        endsLine = true;
    }
}
