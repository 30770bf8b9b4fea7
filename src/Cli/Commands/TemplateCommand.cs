using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Hearth.Engine.Templates;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth template</c>: renders a chat template with given variables.</summary>
internal sealed class TemplateCommand
{
    public const string Description = "Renders chat templates that come as JSON on standard input.";

    private readonly Terminal terminal;
    private readonly Option<bool> jsonLines;

    private TemplateCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        command.Add(jsonLines = Flag.Switch(
            "--jsonl",
            [],
            """answers {"template", "input", "now"} with {"text"}, a line for each line; """
            + "without it one object is read and its text written"));
        command.Add(Flag.Switch(RuntimeFlags.VerboseName, ["-v"], "stack traces of errors"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var template = new TemplateCommand(command, terminal);
        command.SetAction(template.Run);
    }

    private int Run(ParseResult line)
        => line.GetValue(jsonLines)
            ? JsonLines.Answer(terminal, Answer)
            : JsonLines.AnswerOne(terminal, question => terminal.Output.Write(Render(question)));

    private static void Answer(JsonElement question, Utf8JsonWriter answer)
    {
        string text = Render(question);
        answer.WriteStartObject();
        answer.WriteString("text", text);
        answer.WriteEndObject();
    }

    private static string Render(JsonElement question)
    {
        string source = JsonFields.Text(question, "template");
        if (!question.TryGetProperty("input", out var input) || input.ValueKind != JsonValueKind.Object)
            throw new FormatException("'input' should be an object with the template's variables.");
        var clock = JsonFields.OptionalText(question, "now") is { } now ? FixedClock.Parse(now) : TimeProvider.System;
        return ChatTemplate.Parse(source).Render(input, clock);
    }

    /// <summary>A clock that stands still, in the time zone of the time it shows.</summary>
    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone { get; } =
            now.Offset == TimeSpan.Zero ? TimeZoneInfo.Utc : TimeZoneInfo.CreateCustomTimeZone("given", now.Offset, "given", "given");

        public static FixedClock Parse(string text)
            => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var now)
                ? new FixedClock(now)
                : throw new FormatException($"'now' should be a time such as 2026-02-05T13:07:09Z; it is '{text}'.");

        public override DateTimeOffset GetUtcNow() => now.ToUniversalTime();
    }
}
