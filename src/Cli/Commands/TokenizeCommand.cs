using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Hearth.Cli.Rendering;
using Hearth.Engine.Tokenization;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth tokenize</c>: text to token ids. The model's tensors are not read, and need not be there.</summary>
internal sealed class TokenizeCommand
{
    public const string Description = "Shows the token ids of a text.";

    private readonly Terminal terminal;
    private readonly PromptFlags text;
    private readonly ModelFlag model;
    private readonly Option<bool> noBos;
    private readonly Option<bool> noParseSpecial;
    private readonly Option<bool> pieces;
    private readonly Option<bool> count;
    private readonly Option<bool> jsonLines;

    private TokenizeCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        text = new PromptFlags(command, "TEXT");
        model = new ModelFlag(command);
        command.Add(noBos = Flag.Switch("--no-bos", [], "adds no tokens around the text"));
        command.Add(noParseSpecial = Flag.Switch(
            "--no-parse-special", [], "takes special tokens written in the text as ordinary characters"));
        command.Add(pieces = Flag.Switch("--pieces", [], "a line for each token: its id and its text"));
        command.Add(count = Flag.Switch("--show-count", [], "the number of tokens on a line of its own"));
        command.Add(jsonLines = Flag.Switch(
            "--jsonl",
            [],
            """answers {"text", "add_special" (false), "parse_special" (true)} with {"ids"}, a line for each line of standard input"""));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var tokenize = new TokenizeCommand(command, terminal);
        command.SetAction(tokenize.Run);
    }

    private int Run(ParseResult line)
    {
        string? given = line.GetValue(jsonLines) ? null : text.Read(line, terminal);
        var tokenizer = model.OpenTokenizer(line);
        if (given is null)
            return JsonLines.Answer(terminal, (question, answer) => Answer(tokenizer, question, answer));

        int[] ids = tokenizer.Encode(given, !line.GetValue(noBos), !line.GetValue(noParseSpecial));
        var output = terminal.Output;
        if (line.GetValue(pieces))
        {
            foreach (int id in ids)
                output.WriteLine($"{id,7}  '{Printable.Line(Encoding.UTF8.GetString(tokenizer.Piece(id, showSpecial: true)))}'");
        }
        else
        {
            output.WriteLine(string.Join(' ', ids));
        }

        if (line.GetValue(count))
            output.WriteLine($"{ids.Length.ToString(CultureInfo.InvariantCulture)} tokens");
        return ExitCodes.Success;
    }

    private static void Answer(ITokenizer tokenizer, JsonElement question, Utf8JsonWriter answer)
    {
        string text = JsonFields.Text(question, "text");
        bool addSpecial = JsonFields.Flag(question, "add_special", fallback: false);
        bool parseSpecial = JsonFields.Flag(question, "parse_special", fallback: true);
        int[] ids = tokenizer.Encode(text, addSpecial, parseSpecial);
        answer.WriteStartObject();
        answer.WriteStartArray("ids");
        foreach (int id in ids)
            answer.WriteNumberValue(id);
        answer.WriteEndArray();
        answer.WriteEndObject();
    }
}
