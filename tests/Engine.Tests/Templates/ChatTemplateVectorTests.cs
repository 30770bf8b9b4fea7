using System.Text;
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
            var conversation = TemplateVectors.Conversations.GetProperty(expected.Name);
            Check(expected.Value, () => template.Render(conversation, FixedClock.Instance));
        }
    }

    [Theory]
    [MemberData(nameof(RequiredSnippets))]
    public void Snippets_on_which_two_engines_agree_render_alike(string id, string snippet) => CheckSnippet(id, snippet);

    [Theory]
    [MemberData(nameof(TargetedSnippets))]
    public void Snippets_render_as_Jinja_does(string id, string snippet) => CheckSnippet(id, snippet);

    [Fact]
    public void A_sweep_over_the_language_renders_as_Jinja_does()
    {
        var language = TemplateVectors.Language();
        var differences = new StringBuilder();
        foreach (var sample in language.GetProperty("cases").EnumerateArray())
        {
            string source = sample.GetProperty("template").GetString()!;
            var variables = language.GetProperty("vars")[sample.GetProperty("vars").GetInt32()];
            string? expected = sample.TryGetProperty("text", out var text) ? text.GetString() : null;
            string? rendered = TryRender(source, variables);
            if (rendered != expected)
            {
                differences.AppendLine($"{source}\n  expected {expected ?? "an error"}\n  rendered {rendered ?? "an error"}");
            }
        }

        Assert.Equal("", differences.ToString());
    }

    private static string? TryRender(string source, JsonElement variables)
    {
        try
        {
            return ChatTemplate.Parse(source).Render(variables, FixedClock.Instance);
        }
        catch (TemplateException)
        {
            return null;
        }
    }

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
