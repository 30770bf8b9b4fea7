using System.Diagnostics;
using Hearth.Cli.Commands;
using Hearth.Cli.Rendering;
using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Templates;

namespace Hearth.Cli.Repl;

/// <summary>Reads what is said, streams what is answered, and obeys commands that begin with a slash, until somebody leaves.</summary>
internal sealed class ChatLoop
{
    private readonly Terminal terminal;
    private readonly HearthModel model;
    private readonly IConversation conversation;
    private readonly MessageReader reader;
    private readonly ChatSettings settings;
    private readonly AnswerWriter writer;
    private readonly Ink ink;
    private readonly bool verbose;
    private readonly ChatAction[] actions;

    /// <summary>Prepares a conversation.</summary>
    /// <param name="terminal">Where it takes place.</param>
    /// <param name="model">The model.</param>
    /// <param name="conversation">What it has to say.</param>
    /// <param name="options">How answers are generated.</param>
    /// <param name="history">Lines said before.</param>
    /// <param name="verbose">Whether each answer is followed by its timings.</param>
    public ChatLoop(
        Terminal terminal,
        HearthModel model,
        IConversation conversation,
        GenerationOptions options,
        LineHistory history,
        bool verbose)
    {
        this.terminal = terminal;
        this.model = model;
        this.conversation = conversation;
        this.verbose = verbose;
        settings = new ChatSettings(options);
        reader = new MessageReader(terminal, history);
        writer = new AnswerWriter(terminal);
        ink = new Ink(terminal.HasColor);
        actions =
        [
            new("/help", "", "this list", _ => Help()),
            new("/clear", "", "forgets the conversation", _ => Clear()),
            new("/system", "[TEXT]", "tells the model something before the conversation; without a text nothing", SetSystem),
            new("/regen", "", "takes the last answer back and gets another one", _ => Regenerate()),
            new("/save", "FILE", "writes the conversation to a file", Save),
            new("/load", "FILE", "goes on with a saved conversation in place of this one", Load),
            new("/set", "NAME VALUE", "changes a setting, such as /set temp 0.7", Set),
            new("/show", "", "the model, the conversation's size and all settings", _ => Show()),
            new("/bye", "", "leaves; so do Ctrl-D and Ctrl-C at an empty prompt", null),
        ];
    }

    /// <summary>Runs until somebody leaves.</summary>
    /// <returns>The exit code.</returns>
    public int Run()
    {
        while (true)
        {
            var line = reader.Read();
            if (line.End == LineEnd.Interrupted)
                return ExitCodes.Interrupted;
            if (line.End == LineEnd.EndOfInput)
                return ExitCodes.Success;
            try
            {
                if (!Obey(line.Text))
                    return ExitCodes.Success;
            }
            catch (Exception error) when (IsTold(error))
            {
                terminal.Output.Flush();
                terminal.Error.WriteLine($"hearth: {Printable.Line(error.Message, ErrorReport.LongestSentence)}");
            }

            if (terminal.Interrupts.Ending is { } code)
                return code;
        }
    }

    /// <summary>Whether a failure is told and the conversation goes on.</summary>
    private static bool IsTold(Exception error)
        => error is CommandException or SamplingException or ContextFullException or TemplateException or SessionFileException;

    /// <summary>Does what a line says.</summary>
    /// <returns>Whether to go on.</returns>
    private bool Obey(string text)
    {
        if (!text.StartsWith('/'))
        {
            if (text.Trim().Length > 0 || conversation.AnswersSilence)
                Answer(settings.Options, (options, cancellation) => conversation.Say(text, options, cancellation));
            return true;
        }

        string[] parts = text.Trim().Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string name = parts[0] is "/exit" or "/quit" ? "/bye" : parts[0] == "/?" ? "/help" : parts[0];
        var action = Array.Find(actions, action => action.Name == name)
            ?? throw new CommandException(NearestName.Find(name, actions.Select(action => action.Name)) is { } nearest
                ? $"There is no command {name}; did you mean {nearest}?"
                : $"There is no command {name}; /help lists them. Begin with a space to say something that begins with a slash.");
        action.Act?.Invoke(parts.Length > 1 ? parts[1] : "");
        return action.Act is not null;
    }

    private void Answer(GenerationOptions options, Func<GenerationOptions, CancellationToken, IAsyncEnumerable<GeneratedPiece>> ask)
    {
        long start = Stopwatch.GetTimestamp();
        int tokens = 0;
        using (terminal.Interrupts.Catch(out var cancellation))
        using (var reading = new PromptReporter(terminal))
        {
            try
            {
                foreach (var piece in ask(options with { PromptProgress = reading }, cancellation).ToBlockingEnumerable(CancellationToken.None))
                {
                    reading.Dispose();
                    tokens++;
                    writer.Write(piece);
                }
            }
            finally
            {
                writer.EndLine();
            }
        }

        Remark(tokens, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>What a person would wonder about after an answer.</summary>
    private void Remark(int tokens, TimeSpan time)
    {
        string? remark = conversation.LastStop switch
        {
            StopReason.ContextFull => $"The context of {model.ContextLength} tokens is full; /clear begins anew, -c makes it larger.",
            StopReason.Cancelled => "Stopped.",
            StopReason.EndOfGeneration when conversation.AnswersSilence => "The story ends here; what you say next begins another.",
            _ => null,
        };
        if (remark is not null)
            Say(remark);
        if (verbose)
        {
            terminal.Error.WriteLine(
                $"{Units.Of(tokens, "token")} in {Units.Time(time)}, {Units.Rate(tokens, time)}; "
                + $"{conversation.Position} of {model.ContextLength} positions");
        }

        terminal.Output.Flush();
    }

    private void Help()
    {
        foreach (var action in actions)
            terminal.Output.WriteLine($"{action.Name + " " + action.Arguments,-17} {action.Description}");
        terminal.Output.WriteLine("\"\"\"               begins and ends a message of several lines");
        terminal.Output.WriteLine("Ctrl-C            stops an answer");
        terminal.Output.Flush();
    }

    private void Clear() => conversation.Clear();

    private void Save(string text)
    {
        string path = SessionFile.PathOf(text, "/save");
        if (Completes(cancellation => SessionFile.Save(conversation, path, cancellation)))
            Say($"Saved {Units.Of(conversation.Position, "token")} in {Units.Bytes(new FileInfo(path).Length)}.");
    }

    private void Load(string text)
    {
        string path = SessionFile.PathOf(text, "/load");
        if (Completes(cancellation => SessionFile.Load(conversation, path, cancellation)))
            Say($"Loaded {Units.Of(conversation.Position, "token")}.");
    }

    /// <summary>Does what Ctrl-C can stop.</summary>
    /// <returns>Whether it did not.</returns>
    private bool Completes(Action<CancellationToken> act)
    {
        using var stoppable = terminal.Interrupts.Catch(out var cancellation);
        try
        {
            act(cancellation);
            return true;
        }
        catch (OperationCanceledException)
        {
            Say("Stopped.");
            return false;
        }
    }

    /// <summary>A remark, for somebody who sees it.</summary>
    private void Say(string remark)
    {
        if (terminal.OutputIsTerminal)
            terminal.Output.WriteLine(ink.Dim($"({remark})"));
        terminal.Output.Flush();
    }

    private void SetSystem(string text) => conversation.SystemPrompt = text.Length > 0 ? text : null;

    private void Regenerate() => Answer(settings.ForAnother(), conversation.Again);

    private void Set(string text)
    {
        string[] parts = text.Split([' ', '='], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length != 2)
            throw new CommandException("/set takes a name and a value, such as /set temp 0.7; /show lists the names.");
        settings.Set(parts[0], parts[1]);
    }

    private void Show()
    {
        var output = terminal.Output;
        output.WriteLine($"model                 {Printable.Line(model.Name)}");
        output.WriteLine($"context               {conversation.Position} of {model.ContextLength} positions");
        if (conversation.SystemPrompt is { } system)
            output.WriteLine($"system                {Printable.Line(system)}");
        foreach (var (name, value) in settings.All)
            output.WriteLine($"{name,-21} {value}");
        output.Flush();
    }

    /// <summary>A command of the conversation.</summary>
    /// <param name="Name">With its slash.</param>
    /// <param name="Arguments">For the help.</param>
    /// <param name="Description">For the help.</param>
    /// <param name="Act">Does it, given what follows the name; null to leave.</param>
    private sealed record ChatAction(string Name, string Arguments, string Description, Action<string>? Act);
}
