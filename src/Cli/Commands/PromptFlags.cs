using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary>Where a text comes from: an argument, -p, a file, or standard input.</summary>
internal sealed class PromptFlags
{
    private readonly Argument<string?> argument;
    private readonly Option<string?> prompt;
    private readonly Option<string?> file;
    private readonly Option<bool> escape;
    private readonly Option<bool> noEscape;
    private readonly string noun;
    private readonly string otherwise;

    /// <summary>Gives a command the flags.</summary>
    /// <param name="command">The command.</param>
    /// <param name="noun">What the text is called, such as PROMPT.</param>
    /// <param name="otherwise">What else somebody without a text may want, for the message.</param>
    public PromptFlags(Command command, string noun, string otherwise = "")
    {
        this.noun = noun.ToLowerInvariant();
        this.otherwise = otherwise;
        command.Add(argument = new Argument<string?>(noun)
        {
            Description = $"the {this.noun}; '-' or nothing at all reads standard input",
            Arity = ArgumentArity.ZeroOrOne,
        });
        command.Add(prompt = Flag.Text("--prompt", ["-p"], "TEXT", $"the {this.noun}, in another way"));
        command.Add(file = Flag.Text("--file", ["-f"], "FILE", $"reads the {this.noun} from a file, without its last line feed"));
        command.Add(escape = Flag.Switch("--escape", ["-e"], @"understands \n, \t, \"", \\ and \xHH in the argument and -p (the default)"));
        command.Add(noEscape = Flag.Switch("--no-escape", [], "takes backslashes as they are"));
    }

    /// <summary>Reads the text.</summary>
    /// <exception cref="CommandException">There is none, it is empty, or its file cannot be read.</exception>
    public string Read(ParseResult line, Terminal terminal)
    {
        string text = Find(line, terminal)
            ?? throw new CommandException($"There is no {noun}: give one as an argument, with -p, with -f, or on standard input{otherwise}.");
        return text.Length > 0 ? text : throw new CommandException($"The {noun} is empty.");
    }

    private string? Find(ParseResult line, Terminal terminal)
    {
        string? given = line.GetValue(argument);
        string? flagged = line.GetValue(prompt);
        string? path = line.GetValue(file);
        if ((given is null ? 0 : 1) + (flagged is null ? 0 : 1) + (path is null ? 0 : 1) > 1)
            throw new CommandException($"The {noun} is given more than once; use one of the argument, -p and -f.");
        if (path is not null)
            return TextFile.Read(path);
        if ((given ?? flagged) is { } text && text != "-")
            return line.GetValue(noEscape) ? text : Escapes.Resolve(text);
        return given is null && terminal.InputIsTerminal ? null : TextFile.WithoutLastLineFeed(terminal.Input.ReadToEnd());
    }
}
