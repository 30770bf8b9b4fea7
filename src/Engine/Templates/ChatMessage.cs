using System.Text.Json;

namespace Hearth.Engine.Templates;

/// <summary>One message of a conversation, as chat templates see it.</summary>
/// <param name="Role">Who speaks: <c>system</c>, <c>user</c>, <c>assistant</c> or <c>tool</c>, or what else a template knows.</param>
/// <param name="Content">The text; null where an assistant only calls tools.</param>
public sealed record ChatMessage(string Role, string? Content)
{
    /// <summary>The speaker's name, or the name of the tool that answers; templates see no name where it is null.</summary>
    public string? Name { get; init; }

    /// <summary>The tool calls of an assistant, a JSON array; templates see none where it is null.</summary>
    public JsonElement? ToolCalls { get; init; }

    /// <summary>Which tool call a message of the role <c>tool</c> answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>What an assistant thought before it answered, apart from <see cref="Content"/>.</summary>
    public string? ReasoningContent { get; init; }
}
