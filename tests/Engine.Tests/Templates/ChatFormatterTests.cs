using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Tests.Templates;

public sealed class ChatFormatterTests
{
    private static readonly ChatMessage[] Conversation =
    [
        new("system", "Be terse."),
        new("user", "Hello"),
        new("assistant", "Hi."),
        new("user", "2+2?"),
    ];

    [Fact]
    public void A_models_own_template_is_used()
    {
        var formatter = new ChatFormatter(
            "{{ bos_token }}{% for m in messages %}[{{ m.role }}]{{ m.content }}{{ eos_token }}{% endfor %}"
            + "{% if add_generation_prompt %}>{% endif %}",
            "<s>", "</s>", _ => true);
        Assert.True(formatter.HasModelTemplate);
        Assert.Empty(formatter.StopTexts);
        Assert.Equal("<s>[system]Be terse.</s>[user]Hello</s>[assistant]Hi.</s>[user]2+2?</s>>", formatter.Format(Conversation, true));
    }

    [Fact]
    public void The_format_that_RWKV_files_name_is_written()
    {
        var formatter = new ChatFormatter("rwkv-world", "", "", _ => false);
        Assert.Equal(["\n\nUser:"], formatter.StopTexts);
        Assert.Equal(
            "System: Be terse.\n\nUser: Hello\n\nAssistant: Hi.\n\nUser: 2+2?\n\nAssistant:", formatter.Format(Conversation, true));
    }

    [Fact]
    public void Without_a_template_ChatML_is_written_if_the_vocabulary_knows_it()
    {
        var formatter = new ChatFormatter(null, "<s>", "</s>", token => token == "<|im_start|>");
        Assert.False(formatter.HasModelTemplate);
        Assert.Equal(["<|im_end|>"], formatter.StopTexts);
        Assert.Equal(
            "<|im_start|>system\nBe terse.<|im_end|>\n<|im_start|>user\nHello<|im_end|>\n<|im_start|>assistant\nHi.<|im_end|>\n"
            + "<|im_start|>user\n2+2?<|im_end|>\n<|im_start|>assistant\n",
            formatter.Format(Conversation, true));
        Assert.EndsWith("2+2?<|im_end|>\n", formatter.Format(Conversation, false), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  \n")]
    public void Without_a_template_and_ChatML_a_transcript_is_written(string? source)
    {
        var formatter = new ChatFormatter(source, "<s>", "</s>", _ => false);
        Assert.Equal(["\nUser:"], formatter.StopTexts);
        Assert.Equal("<s>Be terse.\n\nUser: Hello\nAssistant: Hi.\nUser: 2+2?\nAssistant:", formatter.Format(Conversation, true));
        Assert.Equal("<s>User: Hello\n", formatter.Format([Conversation[1]], false));
    }

    [Fact]
    public void Fallbacks_print_no_content_as_nothing()
    {
        ChatMessage[] messages = [new("assistant", null)];
        Assert.Equal("Assistant: \n", new ChatFormatter(null, "", "", _ => false).Format(messages, false));
        Assert.Equal("<|im_start|>assistant\n<|im_end|>\n", new ChatFormatter(null, "", "", _ => true).Format(messages, false));
    }

    [Fact]
    public void Templates_see_the_parts_of_a_message_that_it_has()
    {
        var formatter = new ChatFormatter("{{ messages|tojson }}", "", "", _ => true);
        using var calls = JsonDocument.Parse("""[{"function": {"name": "f", "arguments": {"x": 1.0}}}]""");
        ChatMessage[] messages =
        [
            new("assistant", null) { ToolCalls = calls.RootElement, ReasoningContent = "hm" },
            new("tool", "7") { Name = "f", ToolCallId = "c1" },
        ];
        Assert.Equal(
            """[{"role": "assistant", "content": null, "reasoning_content": "hm","""
            + """ "tool_calls": [{"function": {"name": "f", "arguments": {"x": 1.0}}}]}, """
            + """{"role": "tool", "content": "7", "name": "f", "tool_call_id": "c1"}]""",
            formatter.Format(messages, false));
    }

    [Fact]
    public void Tools_and_further_variables_reach_the_template()
    {
        var formatter = new ChatFormatter(
            "{{ tools }}|{{ documents }}|{{ enable_thinking }}|{{ add_generation_prompt }}|{{ bos_token }}", "<s>", "", _ => true);
        using var tools = JsonDocument.Parse("""[{"name": "f"}]""");
        Assert.Equal("None|None||False|<s>", formatter.Format([], false));
        Assert.Equal(
            "[{'name': 'f'}]|None|False|True|<bos>",
            formatter.Format([], true, tools.RootElement, new JsonObject { ["enable_thinking"] = false, ["bos_token"] = "<bos>" }));
    }

    [Fact]
    public void The_recorded_conversations_come_out_the_same_through_messages()
    {
        const string model = "meta-llama-Llama-3.1-8B-Instruct";
        var formatter = new ChatFormatter(TemplateVectors.Template(model), "<s>", "</s>", _ => true, FixedClock.Instance);
        var expected = TemplateVectors.Expected(model);
        ChatMessage[] messages = [new("system", "You are terse."), new("user", "What is 2+2?")];
        Assert.Equal(expected.GetProperty("system-user").GetProperty("text").GetString(), formatter.Format(messages, true));
    }

    [Fact]
    public void A_template_that_cannot_be_parsed_is_refused_at_once()
        => Assert.Throws<TemplateException>(() => new ChatFormatter("{% if %}", "", "", _ => true));
}
