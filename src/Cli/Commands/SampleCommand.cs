using System.CommandLine;
using System.Text.Json;
using Hearth.Engine.Sampling;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth sample</c>: what a chain of samplers leaves of given logits.</summary>
internal sealed class SampleCommand
{
    public const string Description = "Applies samplers to logits that come as JSON on standard input.";

    private readonly Terminal terminal;
    private readonly Option<bool> jsonLines;

    private SampleCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(jsonLines = Flag.Switch(
            "--jsonl",
            [],
            """answers {"chain", "steps", "history", "selected"} with {"steps": [{"kept", "p"}]}, a line for each line; """
            + "without it one object is read"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var sample = new SampleCommand(command, terminal);
        command.SetAction(sample.Run);
    }

    private int Run(ParseResult line)
        => line.GetValue(jsonLines)
            ? JsonLines.Answer(terminal, (question, answer) => SamplerScript.Parse(question).Write(answer))
            : JsonLines.AnswerOne(terminal, question =>
            {
                using var answer = new Utf8JsonWriter(terminal.OutputBytes);
                SamplerScript.Parse(question).Write(answer);
                answer.Flush();
                terminal.Output.WriteLine();
            });
}
