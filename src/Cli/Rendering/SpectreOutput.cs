using Spectre.Console;

namespace Hearth.Cli.Rendering;

/// <summary>
/// The console library on our streams: as wide as the screen and in colour on a terminal; plain, and never wrapped, in a pipe.
/// </summary>
internal static class SpectreOutput
{
    private const int WidthOfPipe = 100_000;

    /// <summary>Opens standard output for tables.</summary>
    public static IAnsiConsole Open(Terminal terminal)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(terminal.Output),
            Ansi = terminal.OutputIsTerminal && terminal.ObeysEscapes ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal.HasColor ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = terminal.OutputIsTerminal ? terminal.Width : WidthOfPipe;
        return console;
    }

    /// <summary>A table without lines, so that its plain text can be cut into columns.</summary>
    public static Table Table(params ReadOnlySpan<string> columns)
    {
        var table = new Table().NoBorder();
        foreach (string column in columns)
            table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Bold))));
        return table;
    }
}
