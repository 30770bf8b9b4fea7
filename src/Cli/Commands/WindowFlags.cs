using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Engine.Evaluation;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary>A long text that a model reads in windows.</summary>
internal sealed class WindowFlags
{
    private const int DefaultLength = 512;

    private readonly Option<string?> file;
    private readonly Option<int?> chunks;
    private readonly Option<bool> parseSpecial;

    /// <summary>Gives a command the flags.</summary>
    public WindowFlags(Command command)
    {
        Runtime = new RuntimeFlags(command);
        command.Add(file = Flag.Text("--file", ["-f"], "FILE", "the text"));
        command.Add(chunks = Flag.Integer("--chunks", [], "windows to read at most (default: all)", 1));
        command.Add(parseSpecial = Flag.Switch("--parse-special", [], "special tokens written in the text are such tokens"));
    }

    /// <summary>How the model is loaded.</summary>
    public RuntimeFlags Runtime { get; }

    /// <summary>Tokens of a window: what -c says, or 512.</summary>
    /// <exception cref="CommandException">A window is too short.</exception>
    public static int Length(HearthModelOptions options)
        => options.ContextLength is not ({ } length and not 0) ? DefaultLength
            : length >= 4 ? length
            : throw new CommandException($"-c {length} is too small; a window has at least 4 tokens.");

    /// <summary>The name of the text's file.</summary>
    /// <exception cref="CommandException">There is none.</exception>
    public string FileName(ParseResult line)
        => line.GetValue(file) ?? throw new CommandException("-f is needed: the text to read.");

    /// <summary>Splits the text into windows.</summary>
    /// <param name="line">The command line.</param>
    /// <param name="model">Whose vocabulary it is.</param>
    /// <param name="length">Tokens of a window.</param>
    /// <param name="stride">From one window to the next, or null for side by side.</param>
    /// <exception cref="CommandException">The text cannot be read, or is shorter than a window.</exception>
    public IReadOnlyList<TextWindow> Windows(ParseResult line, HearthModel model, int length, int? stride)
    {
        string name = FileName(line);
        var tokenizer = model.Tokenizer;
        int[] tokens = tokenizer.Encode(TextFile.ReadWhole(name), addSpecial: true, line.GetValue(parseSpecial));
        var windows = stride is { } step
            ? TextWindow.Overlapping(tokens, length, step, tokenizer.Special)
            : TextWindow.SideBySide(tokens, length, tokenizer.Special);
        if (windows.Count == 0)
        {
            throw new CommandException(
                $"{name}: has {Units.Of(tokens.Length, "token")}, fewer than a window of {length}; -c makes windows smaller.", ExitCodes.Input);
        }

        return line.GetValue(chunks) is { } most && most < windows.Count ? [.. windows.Take(most)] : windows;
    }
}
