using System.CommandLine;
using System.Diagnostics;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sessions;
using Hearth.Engine.Templates;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth run</c>: one prompt, one answer, streamed.</summary>
internal sealed class RunCommand
{
    public const string Description = "Continues a text; answers it where the model has a chat template.";

    private readonly Terminal terminal;
    private readonly PromptFlags prompt;
    private readonly RuntimeFlags runtime;
    private readonly GenerationFlags generation;
    private readonly ConversationFlags conversation;
    private readonly Option<bool> asConversation;
    private readonly Option<bool> asText;
    private readonly Option<bool> displayPrompt;
    private readonly Option<bool> noDisplayPrompt;
    private readonly Option<int?> logProbabilities;

    private RunCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        prompt = new PromptFlags(command, "PROMPT", "; 'hearth chat' begins a conversation");
        runtime = new RuntimeFlags(command);
        generation = new GenerationFlags(command);
        conversation = new ConversationFlags(command);
        command.Add(asConversation = Flag.Switch(
            "--conversation", ["-cnv"], "writes the prompt into the chat template (default where the model has one)"));
        command.Add(asText = Flag.Switch("--no-conversation", ["-no-cnv"], "takes the prompt as the beginning of a text"));
        command.Add(displayPrompt = Flag.Switch(
            "--display-prompt", [], "writes the prompt in front of its continuation (default on a terminal)"));
        command.Add(noDisplayPrompt = Flag.Switch("--no-display-prompt", [], "writes the continuation alone (default in a pipe)"));
        command.Add(logProbabilities = Flag.Integer(
            "--logprobs", [], "a JSON object for each token instead of the text: its log-probability, and the N best tokens with theirs"));
    }

    public static void Define(Command command, Terminal terminal)
    {
        var run = new RunCommand(command, terminal);
        command.SetAction(run.Run);
    }

    private int Run(ParseResult line)
    {
        string text = prompt.Read(line, terminal);
        generation.CheckSampling(line);
        string? system = conversation.SystemPrompt(line);
        var options = runtime.Options(line) with { ChatTemplate = conversation.Template(line) };
        if (system is not null && line.GetValue(asText))
            throw new CommandException("-sys belongs to a conversation; it cannot be used with -no-cnv.");

        using var loaded = runtime.Load(line, terminal, options);
        var model = loaded.Model;
        bool isConversation = !line.GetValue(asText)
            && (line.GetValue(asConversation) || system is not null || options.ChatTemplate is not null || model.HasChatTemplate);
        var generationOptions = generation.Read(line, model, runtime.Model.IsEmbedded(line));
        int[] ids = isConversation ? EncodeConversation(model, system, text) : model.Tokenizer.Encode(text, true, true);
        int? named = line.GetValue(logProbabilities);
        generationOptions = generationOptions with { TopLogProbabilities = named };
        if (isConversation)
            generationOptions = generationOptions with { StopStrings = [.. generationOptions.StopStrings, .. model.ChatFormat.StopTexts] };

        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        long start = Stopwatch.GetTimestamp();
        using var session = model.CreateSession();
        using (var reading = new PromptReporter(terminal))
            session.Append(ids, cancellation, reading);
        var promptTime = Stopwatch.GetElapsedTime(start);

        if (!isConversation && named is null && ShowsPrompt(line))
            terminal.Output.Write(new Ink(terminal.HasColor).Dim(terminal.OutputIsTerminal ? Printable.Text(text) : text));
        var generated = session.Generate(generationOptions);
        var generationTime = named is null ? Stream(generated, cancellation) : StreamTokens(generated, cancellation);
        if (runtime.IsVerbose(line))
            Timings.Write(terminal, model, loaded.LoadTime, ids.Length, promptTime, generated, generationTime);
        else if (generated.Stop == StopReason.ContextFull && terminal.ErrorIsTerminal)
            terminal.Error.WriteLine($"hearth: the context of {model.ContextLength} tokens is full; -c makes it larger.");
        return cancellation.IsCancellationRequested ? ExitCodes.Interrupted : ExitCodes.Success;
    }

    private TimeSpan Stream(Generation generated, CancellationToken cancellation)
    {
        var writer = new AnswerWriter(terminal);
        long start = Stopwatch.GetTimestamp();
        try
        {
            while (!cancellation.IsCancellationRequested && generated.MoveNext())
                writer.Write(generated.Current);
        }
        finally
        {
            writer.EndLine();
        }

        return Stopwatch.GetElapsedTime(start);
    }

    private TimeSpan StreamTokens(Generation generated, CancellationToken cancellation)
    {
        using var lines = new TokenLines(terminal);
        long start = Stopwatch.GetTimestamp();
        while (!cancellation.IsCancellationRequested && generated.MoveNext())
            lines.Write(generated.Current);
        return Stopwatch.GetElapsedTime(start);
    }

    private bool ShowsPrompt(ParseResult line)
        => line.GetValue(displayPrompt) || (terminal.OutputIsTerminal && !line.GetValue(noDisplayPrompt));

    private static int[] EncodeConversation(HearthModel model, string? system, string text)
    {
        var messages = new List<ChatMessage>(2);
        if (system is not null)
            messages.Add(new ChatMessage("system", system));
        messages.Add(new ChatMessage("user", text));
        return model.Tokenizer.Encode(model.ChatFormat.Format(messages, addGenerationPrompt: true), addSpecial: false, parseSpecial: true);
    }
}
