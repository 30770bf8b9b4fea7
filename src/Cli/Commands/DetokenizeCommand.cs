using System.CommandLine;
using System.Text.Json;
using Hearth.Cli.Rendering;
using Hearth.Engine.Tokenization;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth detokenize</c>: token ids to text. The model's tensors are not read, and need not be there.</summary>
internal sealed class DetokenizeCommand
{
    public const string Description = "Shows the text of token ids.";

    private readonly Terminal terminal;
    private readonly Argument<string[]> ids;
    private readonly ModelFlag model;
    private readonly Option<bool> special;
    private readonly Option<bool> jsonLines;

    private DetokenizeCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(ids = new Argument<string[]>("ID")
        {
            Description = "token ids; nothing at all reads them from standard input",
            Arity = ArgumentArity.ZeroOrMore,
        });
        model = new ModelFlag(command);
        command.Add(special = Flag.Switch("--special", ["-sp"], "writes special tokens out"));
        command.Add(jsonLines = Flag.Switch(
            "--jsonl",
            [],
            """answers {"ids", "show_special" (false), "remove_special" (false)} with {"text"}, a line for each line of standard input"""));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var detokenize = new DetokenizeCommand(command, terminal);
        command.SetAction(detokenize.Run);
    }

    private int Run(ParseResult line)
    {
        int[]? given = line.GetValue(jsonLines) ? null : ReadIds(line);
        var tokenizer = model.OpenTokenizer(line);
        if (given is null)
            return JsonLines.Answer(terminal, (question, answer) => Answer(tokenizer, question, answer));
        string text = Decode(tokenizer, given, line.GetValue(special), removeSpecial: false);
        terminal.Output.WriteLine(terminal.OutputIsTerminal ? Printable.Text(text) : text);
        return ExitCodes.Success;
    }

    private int[] ReadIds(ParseResult line)
    {
        string[] given = line.GetValue(ids) ?? [];
        string text = given.Length > 0 ? string.Join(' ', given)
            : terminal.InputIsTerminal ? throw new CommandException("There are no token ids: give some, or write them to standard input.")
            : terminal.Input.ReadToEnd();
        return TokenList.Parse(text, "A token id");
    }

    private static void Answer(ITokenizer tokenizer, JsonElement question, Utf8JsonWriter answer)
    {
        int[] ids = JsonFields.Ids(question, "ids");
        bool showSpecial = JsonFields.Flag(question, "show_special", fallback: false);
        bool removeSpecial = JsonFields.Flag(question, "remove_special", fallback: false);
        string text = Decode(tokenizer, ids, showSpecial, removeSpecial);
        answer.WriteStartObject();
        answer.WriteString("text", text);
        answer.WriteEndObject();
    }

    private static string Decode(ITokenizer tokenizer, int[] ids, bool showSpecial, bool removeSpecial)
    {
        TokenList.Check(ids, tokenizer.VocabularySize);
        return tokenizer.Decode(ids, showSpecial, removeSpecial);
    }
}
