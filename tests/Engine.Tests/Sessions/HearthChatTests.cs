using Hearth.Engine.Sampling;
using Hearth.Engine.Sessions;
using Hearth.Engine.Templates;
using Hearth.Engine.Tests.Models;

namespace Hearth.Engine.Tests.Sessions;

public sealed class HearthChatTests : IDisposable
{
    private const string Template =
        "{{ bos_token }}{% for m in messages %}{{ raise_exception('no cats') if 'cat' in m.content }}"
        + "{{ m.role }}: {{ m.content }}\n{% endfor %}{% if add_generation_prompt %}assistant:{% endif %}";

    private static readonly GenerationOptions Greedy = new() { MaxTokens = 10, Sampling = SamplerSettings.Greedy, StopStrings = ["\n"] };

    private readonly HearthModel model = HearthModel.Load(
        VectorFiles.PathOf("stories260K-Q8_0.gguf"), new HearthModelOptions { Threads = 2, ContextLength = 256, ChatTemplate = Template });

    [Fact]
    public async Task An_answer_is_what_a_session_continues_the_templates_text_with()
    {
        using var chat = new HearthChat(model, "Be kind.");
        string answer = await Ask(chat, "Hello");
        Assert.Equal(await Continue("<s>system: Be kind.\nuser: Hello\nassistant:"), answer);
        Assert.Equal([new ChatMessage("user", "Hello"), new ChatMessage("assistant", answer)], chat.Messages);
    }

    [Fact]
    public async Task The_second_turn_reads_only_what_is_new_and_answers_the_same()
    {
        using var chat = new HearthChat(model);
        string first = await Ask(chat, "Hello");
        int firstPrompt = chat.PromptTokens;
        Assert.Equal(0, chat.ReusedTokens);
        string second = await Ask(chat, "And then?");
        Assert.InRange(chat.ReusedTokens, firstPrompt, chat.PromptTokens - 1);
        Assert.Equal(await Continue($"<s>user: Hello\nassistant: {first}\nuser: And then?\nassistant:"), second);
    }

    [Fact]
    public async Task Regenerating_replaces_the_last_answer_and_reads_one_token()
    {
        using var chat = new HearthChat(model);
        await Ask(chat, "Hello");
        string first = await Ask(chat, "And then?");
        string again = await Text(chat.RegenerateAsync(Greedy));
        Assert.Equal(first, again);
        Assert.Equal(4, chat.Messages.Count);
        Assert.Equal(chat.PromptTokens - 1, chat.ReusedTokens);
    }

    [Fact]
    public void Nothing_said_cannot_be_regenerated()
    {
        using var chat = new HearthChat(model);
        Assert.Throws<InvalidOperationException>(() => chat.RegenerateAsync());
    }

    [Fact]
    public async Task A_cleared_conversation_is_as_new()
    {
        using var chat = new HearthChat(model);
        string first = await Ask(chat, "Hello");
        chat.Clear();
        Assert.Empty(chat.Messages);
        Assert.Equal(0, chat.Position);
        Assert.Equal(first, await Ask(chat, "Hello"));
    }

    [Fact]
    public async Task A_changed_system_prompt_acts_from_the_next_turn_on()
    {
        using var chat = new HearthChat(model);
        string first = await Ask(chat, "Hello");
        chat.SystemPrompt = "Be kind.";
        string second = await Ask(chat, "And then?");
        Assert.Equal(await Continue($"<s>system: Be kind.\nuser: Hello\nassistant: {first}\nuser: And then?\nassistant:"), second);
    }

    [Fact]
    public async Task An_answer_that_the_caller_leaves_stays_as_far_as_it_came()
    {
        using var chat = new HearthChat(model);
        string heard = "";
        await foreach (var piece in chat.AskAsync("Hello", Greedy))
        {
            heard += piece.Text;
            if (heard.Length > 3)
                break;
        }

        Assert.Equal(new ChatMessage("assistant", heard), chat.Messages[^1]);
        Assert.NotEmpty(await Ask(chat, "And then?"));
    }

    [Fact]
    public async Task A_question_cancelled_before_its_answer_was_never_asked()
    {
        using var chat = new HearthChat(model);
        await Ask(chat, "Hello");
        var before = chat.Messages.ToArray();
        Assert.Equal("", await Text(chat.AskAsync("And then?", Greedy, new CancellationToken(canceled: true))));
        Assert.Equal(StopReason.Cancelled, chat.LastStop);
        Assert.Equal("", await Text(chat.RegenerateAsync(Greedy, new CancellationToken(canceled: true))));
        Assert.Equal(before, chat.Messages);
    }

    [Fact]
    public async Task What_does_not_fit_or_is_refused_leaves_the_conversation_as_it_was()
    {
        using var chat = new HearthChat(model);
        string first = await Ask(chat, "Hello");
        await Assert.ThrowsAsync<ContextFullException>(() => Ask(chat, string.Join(' ', Enumerable.Repeat("word", 300))));
        await Assert.ThrowsAsync<TemplateException>(() => Ask(chat, "A cat!"));
        Assert.Equal(2, chat.Messages.Count);
        Assert.Equal(await Continue($"<s>user: Hello\nassistant: {first}\nuser: And then?\nassistant:"), await Ask(chat, "And then?"));
    }

    [Fact]
    public async Task A_model_without_a_template_ends_its_answer_at_the_fallbacks_stop_text()
    {
        using var plain = HearthModel.Load(VectorFiles.PathOf("stories260K-Q8_0.gguf"), new HearthModelOptions { Threads = 1 });
        Assert.False(plain.HasChatTemplate);
        Assert.NotEmpty(plain.ChatFormat.StopTexts);
        using var chat = new HearthChat(plain);
        string answer = await Text(chat.AskAsync("Hello", Greedy with { MaxTokens = 100 }));
        Assert.All(plain.ChatFormat.StopTexts, stop => Assert.DoesNotContain(stop, answer, StringComparison.Ordinal));
    }

    public void Dispose() => model.Dispose();

    private static Task<string> Ask(HearthChat chat, string text) => Text(chat.AskAsync(text, Greedy));

    private static async Task<string> Text(IAsyncEnumerable<GeneratedPiece> pieces)
    {
        string text = "";
        await foreach (var piece in pieces)
            text += piece.Text;
        return text;
    }

    private async Task<string> Continue(string text)
    {
        using var session = model.CreateSession();
        return await Text(session.GenerateAsync(model.Tokenizer.Encode(text, addSpecial: false, parseSpecial: true), Greedy));
    }
}
