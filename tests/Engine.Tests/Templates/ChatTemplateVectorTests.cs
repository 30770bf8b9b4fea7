using System.Text.Json;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Tests.Templates;

public sealed class ChatTemplateVectorTests
{
    public static TheoryData<string> Models => [.. TemplateVectors.Models];

    public static TheoryData<string, string> RequiredSnippets => Snippets(1);

    public static TheoryData<string, string> TargetedSnippets => Snippets(2);

    [Theory]
    [MemberData(nameof(Models))]
    public void Model_templates_render_conversations_as_Jinja_does(string model)
    {
        var template = ChatTemplate.Parse(TemplateVectors.Template(model));
        foreach (var expected in TemplateVectors.Expected(model).EnumerateObject())
        {
            Check(expected.Value, () => template.Render(TemplateVectors.Conversations.GetProperty(expected.Name), FixedClock.Instance));
        }
    }

    [Theory]
    [MemberData(nameof(RequiredSnippets))]
    public void Snippets_on_which_two_engines_agree_render_alike(string id, string snippet) => CheckSnippet(id, snippet);

    [Theory]
    [MemberData(nameof(TargetedSnippets))]
    public void Snippets_render_as_Jinja_does(string id, string snippet) => CheckSnippet(id, snippet);

    private static void CheckSnippet(string id, string snippet)
    {
        Assert.NotEmpty(id);
        var expected = JsonDocument.Parse(snippet).RootElement;
        Check(expected, () => ChatTemplate.Parse(expected.GetProperty("template").GetString()!)
            .Render(expected.GetProperty("vars"), FixedClock.Instance));
    }

    private static void Check(JsonElement expected, Func<string> render)
    {
        if (expected.TryGetProperty("text", out var text))
        {
            Assert.Equal(text.GetString(), render());
        }
        else
        {
            Assert.Throws<TemplateException>(render);
        }
    }

    private static TheoryData<string, string> Snippets(int tier)
    {
        var data = new TheoryData<string, string>();
        foreach (var snippet in TemplateVectors.Snippets(tier))
        {
            data.Add(snippet.GetProperty("id").GetString()!, snippet.GetRawText());
        }

        return data;
    }
}
