using System.CommandLine;

namespace Hearth.Cli.Commands;

/// <summary>What a conversation begins with and how it is written for the model.</summary>
internal sealed class ConversationFlags
{
    private readonly Option<string?> system;
    private readonly Option<string?> systemFile;
    private readonly Option<string?> template;
    private readonly Option<string?> templateFile;

    /// <summary>Gives a command the flags.</summary>
    public ConversationFlags(Command command)
    {
        command.Add(system = Flag.Text("--system-prompt", ["-sys"], "TEXT", "what the model is told before the conversation"));
        command.Add(systemFile = Flag.Text("--system-prompt-file", ["-sysf"], "FILE", "the same from a file"));
        command.Add(template = Flag.Text("--chat-template", [], "JINJA", "chat template instead of the model's own"));
        command.Add(templateFile = Flag.Text("--chat-template-file", [], "FILE", "the same from a file"));
    }

    /// <summary>The system prompt; null without one.</summary>
    public string? SystemPrompt(ParseResult line)
        => line.GetValue(systemFile) is { } path
            ? TextFile.Read(path)
            : line.GetValue(system) is { } text ? Escapes.Resolve(text) : null;

    /// <summary>The template's source; null for the model's own.</summary>
    public string? Template(ParseResult line)
        => line.GetValue(templateFile) is { } path ? TextFile.Read(path) : line.GetValue(template);
}
