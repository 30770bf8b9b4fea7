using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary>Texts given as arguments, or one a line of a file or of standard input.</summary>
internal sealed class GivenTexts
{
    private readonly Terminal terminal;
    private readonly string kind;
    private readonly Argument<string[]> texts;
    private readonly Option<string?> file;

    /// <summary>Adds the argument and <c>-f</c>.</summary>
    /// <param name="command">The command.</param>
    /// <param name="terminal">Whose standard input is read.</param>
    /// <param name="kind">What the command calls such a text.</param>
    public GivenTexts(Command command, Terminal terminal, string kind)
    {
        this.terminal = terminal;
        this.kind = kind;
        command.Add(texts = new Argument<string[]>(kind.ToUpperInvariant())
        {
            Description = $"{kind}s; nothing at all reads one a line from standard input",
            Arity = ArgumentArity.ZeroOrMore,
        });
        command.Add(file = Flag.Text("--file", ["-f"], "FILE", $"reads one {kind} a line from a file"));
    }

    /// <summary>The texts, none of them empty.</summary>
    /// <exception cref="CommandException">They are given twice, or not at all, or one is empty.</exception>
    public string[] Read(ParseResult line)
    {
        string[] found = line.GetValue(texts) ?? [];
        string? path = line.GetValue(file);
        if (path is not null && found.Length > 0)
            throw new CommandException($"The {kind}s are given more than once; use arguments or -f.");
        if (path is null && found.Length == 0 && terminal.InputIsTerminal)
            throw new CommandException($"There are no {kind}s: give some as arguments, with -f, or on standard input.");
        if (found.Length == 0)
            found = Lines(path is null ? TextFile.WithoutLastLineFeed(terminal.Input.ReadToEnd()) : TextFile.Read(path));
        int empty = Array.IndexOf(found, "");
        return empty < 0
            ? found
            : throw new CommandException($"{char.ToUpperInvariant(kind[0])}{kind[1..]} {empty + 1} is empty.", ExitCodes.Input);
    }

    private static string[] Lines(string text)
    {
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            lines[i] = lines[i].TrimEnd('\r');
        return lines;
    }
}
