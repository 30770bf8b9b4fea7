using System.CommandLine;
using Hearth.Cli.Rendering;
using Hearth.Cli.Repl;
using Hearth.Engine.Sessions;

namespace Hearth.Cli.Commands;

/// <summary><c>hearth chat</c>: a conversation, or with the embedded story teller a story told in turns.</summary>
internal sealed class ChatCommand
{
    public const string Description = "Talks with a model.";

    private readonly Terminal terminal;
    private readonly RuntimeFlags runtime;
    private readonly GenerationFlags generation;
    private readonly ConversationFlags conversation;

    private ChatCommand(Command command, Terminal terminal)
    {
        this.terminal = terminal;
        runtime = new RuntimeFlags(command);
        conversation = new ConversationFlags(command);
        generation = new GenerationFlags(command);
    }

    public static void Define(Command command, Terminal terminal)
    {
        var chat = new ChatCommand(command, terminal);
        command.SetAction(chat.Run);
    }

    private int Run(ParseResult line)
    {
        bool embedded = runtime.Model.IsEmbedded(line);
        generation.CheckSampling(line);
        string? system = conversation.SystemPrompt(line);
        var options = runtime.Options(line) with { ChatTemplate = conversation.Template(line) };
        using var loaded = runtime.Load(line, terminal, options);
        using var talk = Begin(loaded.Model, embedded, system);
        if (terminal.OutputIsTerminal)
            terminal.Output.WriteLine(new Ink(terminal.HasColor).Dim(Greeting(loaded.Model, embedded)));
        terminal.Output.Flush();

        var history = new LineHistory(terminal.Keys is null ? null : LineHistory.DefaultPath());
        var loop = new ChatLoop(
            terminal, loaded.Model, talk, generation.Read(line, loaded.Model, embedded), history, runtime.IsVerbose(line));
        return loop.Run();
    }

    private static IConversation Begin(HearthModel model, bool embedded, string? system)
    {
        if (embedded)
        {
            return system is null
                ? new StoryConversation(model)
                : throw new CommandException("The built-in story teller takes no system prompt; name a chat model with -m.");
        }

        // A broken template shows here, before anything is said.
        _ = model.ChatFormat;
        return new ChatConversation(model, system);
    }

    private static string Greeting(HearthModel model, bool embedded)
    {
        if (embedded)
        {
            return "The built-in model is no chat model: begin a story, and it goes on. /help helps.";
        }

        string warning = model.HasChatTemplate ? "" : " It has no chat template, so its answers may be odd.";
        return $"{Printable.Line(Path.GetFileName(model.Name))}: say something; /help lists commands, /bye leaves.{warning}";
    }
}
