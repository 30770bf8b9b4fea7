using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates;

/// <summary>
/// Writes conversations as the text that a model was trained on: by its own chat template, or by a stated fallback. The text holds
/// the special tokens, the beginning of the sequence among them where the template has it, so that it is tokenized with special
/// tokens recognised and none added. May be used by many threads at once.
/// </summary>
public sealed class ChatFormatter
{
    private const string ChatMLStart = "<|im_start|>";

    private const string ChatML = """
        {%- for message in messages -%}
        {{ '<|im_start|>' ~ message.role ~ '\n' ~ (message.content or '') ~ '<|im_end|>\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{ '<|im_start|>assistant\n' }}
        {%- endif -%}
        """;

    private const string Transcript = """
        {{- bos_token -}}
        {%- for message in messages -%}
        {%- if message.role == 'system' -%}
        {{ (message.content or '') ~ '\n\n' }}
        {%- else -%}
        {{ message.role | capitalize ~ ': ' ~ (message.content or '') ~ '\n' }}
        {%- endif -%}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{ 'Assistant:' }}
        {%- endif -%}
        """;

    // RWKV files name their format where others have a template.
    private const string RwkvWorldName = "rwkv-world";

    private const string RwkvWorld = """
        {%- for message in messages -%}
        {{ message.role | capitalize ~ ': ' ~ (message.content or '') | trim ~ '\n\n' }}
        {%- endfor -%}
        {%- if add_generation_prompt -%}
        {{ 'Assistant:' }}
        {%- endif -%}
        """;

    private readonly ChatTemplate template;
    private readonly string bosToken;
    private readonly string eosToken;
    private readonly TimeProvider clock;

    /// <summary>Makes the formatter of a model.</summary>
    /// <param name="templateSource">
    /// The model's chat template, or the name of a format, of which <c>rwkv-world</c> is known. Without one (null or blank), ChatML is
    /// written if the vocabulary has <c>&lt;|im_start|&gt;</c>, and otherwise a plain transcript ("User: ...", "Assistant: ...").
    /// </param>
    /// <param name="bosToken">The text of the token that begins a sequence; empty if the model has none.</param>
    /// <param name="eosToken">The text of the token that ends a sequence; empty if the model has none.</param>
    /// <param name="hasToken">Tells whether the vocabulary has a token of that text.</param>
    /// <param name="clock">The clock that templates may print; the system's if null.</param>
    /// <exception cref="TemplateException">The template cannot be parsed.</exception>
    public ChatFormatter(
        string? templateSource, string bosToken, string eosToken, Func<string, bool> hasToken, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(bosToken);
        ArgumentNullException.ThrowIfNull(eosToken);
        ArgumentNullException.ThrowIfNull(hasToken);
        this.bosToken = bosToken;
        this.eosToken = eosToken;
        this.clock = clock ?? TimeProvider.System;
        HasModelTemplate = !string.IsNullOrWhiteSpace(templateSource);
        if (templateSource == RwkvWorldName)
        {
            template = ChatTemplate.Parse(RwkvWorld);
            StopTexts = ["\n\nUser:"];
        }
        else if (HasModelTemplate)
        {
            template = ChatTemplate.Parse(templateSource!);
            StopTexts = [];
        }
        else
        {
            bool knowsChatML = hasToken(ChatMLStart);
            template = ChatTemplate.Parse(knowsChatML ? ChatML : Transcript);
            StopTexts = knowsChatML ? ["<|im_end|>"] : ["\nUser:"];
        }
    }

    /// <summary>True if the model brought a template; false if a fallback is used.</summary>
    public bool HasModelTemplate { get; }

    /// <summary>
    /// Texts that end an answer although the model may not end the sequence there: those of a named format or the fallback, none with a
    /// model's own template.
    /// </summary>
    public IReadOnlyList<string> StopTexts { get; }

    /// <summary>Writes a conversation.</summary>
    /// <param name="messages">The messages, oldest first.</param>
    /// <param name="addGenerationPrompt">True to end with the opening of the assistant's next message.</param>
    /// <param name="tools">The tools on offer, a JSON array of function descriptions; null for none.</param>
    /// <param name="variables">
    /// What the template may know besides, such as <c>enable_thinking</c>; replaces variables of the same name.
    /// </param>
    /// <exception cref="TemplateException">The template fails, or refuses the conversation.</exception>
    public string Format(
        IReadOnlyList<ChatMessage> messages, bool addGenerationPrompt, JsonElement? tools = null, JsonObject? variables = null)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return template.Render(
            context =>
            {
                var input = new JsonInput(context);
                var all = context.NewDictionary();
                Set(all, "messages", Value.List([.. messages.Select(message => AsValue(context, input, message))]));
                Set(all, "tools", tools is { } offered ? input.Read(offered) : Value.None);
                Set(all, "documents", Value.None);
                Set(all, "add_generation_prompt", Value.From(addGenerationPrompt));
                Set(all, "bos_token", Value.From(bosToken));
                Set(all, "eos_token", Value.From(eosToken));
                if (variables is not null)
                {
                    all.SetAll(input.ReadObject(variables));
                }

                return all;
            },
            clock);
    }

    private static Value AsValue(RenderContext context, JsonInput input, ChatMessage message)
    {
        var members = context.NewDictionary();
        Set(members, "role", Value.From(message.Role));
        Set(members, "content", message.Content is { } content ? Value.From(content) : Value.None);
        SetText(members, "reasoning_content", message.ReasoningContent);
        if (message.ToolCalls is { } calls)
        {
            Set(members, "tool_calls", input.Read(calls));
        }

        SetText(members, "name", message.Name);
        SetText(members, "tool_call_id", message.ToolCallId);
        return Value.From(members);
    }

    private static void Set(Dictionary members, string name, Value value) => members.Set(Value.From(name), value);

    private static void SetText(Dictionary members, string name, string? text)
    {
        if (text is not null)
        {
            Set(members, name, Value.From(text));
        }
    }
}
