using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Tests.Templates;

public sealed class ChatTemplateTests
{
    [Fact]
    public void Numbers_are_floats_exactly_if_they_are_written_as_floats()
    {
        const string json = """{"i": 2, "f": 2.0, "e": 2e0, "big": 123456789012345678901234567890, "n": -0.0}""";
        const string source = "{{ i }} {{ f }} {{ e }} {{ big }} {{ n }}";
        const string expected = "2 2.0 2.0 123456789012345678901234567890 -0.0";
        Assert.Equal(expected, Render(source, json));
        Assert.Equal(expected, ChatTemplate.Parse(source).Render((JsonObject)JsonNode.Parse(json)!, FixedClock.Instance));
    }

    [Fact]
    public void Nodes_made_by_a_program_keep_their_types()
    {
        var variables = new JsonObject
        {
            ["double"] = 2.0,
            ["single"] = 0.5f,
            ["integer"] = 2,
            ["large"] = long.MaxValue,
            ["flag"] = true,
            ["text"] = "t",
            ["nothing"] = null,
            ["list"] = new JsonArray(1, "a"),
            ["map"] = new JsonObject { ["z"] = 1, ["a"] = 2 },
        };
        string text = ChatTemplate.Parse("{{ [double, single, integer, large, flag, text, nothing, list, map] }}")
            .Render(variables, FixedClock.Instance);
        Assert.Equal("[2.0, 0.5, 2, 9223372036854775807, True, 't', None, [1, 'a'], {'z': 1, 'a': 2}]", text);
    }

    [Fact]
    public void Keys_keep_their_order_and_a_repeated_key_its_last_value()
        => Assert.Equal("{'z': 3, 'a': 2}", Render("{{ d }}", """{"d": {"z": 1, "a": 2, "z": 3}}"""));

    [Fact]
    public void An_absent_key_is_undefined_and_null_is_none()
        => Assert.Equal("False True ", Render("{{ a is defined }} {{ b is none }} {{ a }}", """{"b": null}"""));

    [Fact]
    public void Raised_exceptions_pass_through_unchanged()
    {
        var failure = Fails("line one\n{{ raise_exception('Roles must alternate user/assistant') }}");
        Assert.Equal("Roles must alternate user/assistant", failure.Message);
        Assert.True(failure.IsRefusal);
        Assert.Equal(2, failure.Line);
    }

    [Theory]
    [InlineData("a\n{{ x | shout }}", 2, "shout")]
    [InlineData("a\n\n{% if x is loud %}{% endif %}", 3, "loud")]
    [InlineData("{{ whisper(1) }}", 1, "whisper")]
    [InlineData("\n\n{{ nothing.more }}", 3, "nothing")]
    [InlineData("{{ 'a'.shout() }}", 1, "shout")]
    [InlineData("{% if true %}\n{% foo %}{% endif %}", 2, "foo")]
    [InlineData("\n{% for a in b %}", 2, "endfor")]
    [InlineData("{{ 1 +\n }}", 2, "}}")]
    [InlineData("{{ [].append(1) }}", 1, "append")]
    [InlineData("{{ 'a' + 1 }}", 1, "'str' and 'int'")]
    [InlineData("{% macro f(a) %}{% endmacro %}{{ f(b=1) }}", 1, "'b'")]
    [InlineData("{{ 'a'.split(limit=1) }}", 1, "limit")]
    public void Messages_name_the_line_and_the_culprit(string source, int line, string culprit)
    {
        var failure = Fails(source);
        Assert.Equal(line, failure.Line);
        Assert.Contains($"line {line}", failure.Message, StringComparison.Ordinal);
        Assert.Contains(culprit, failure.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", failure.Message, StringComparison.Ordinal);
        Assert.False(failure.IsRefusal);
    }

    [Theory]
    [InlineData("{% include 'a' %}")]
    [InlineData("{% import 'a' as b %}")]
    [InlineData("{% from 'a' import b %}")]
    [InlineData("{% extends 'a' %}")]
    [InlineData("{% autoescape true %}{% endautoescape %}")]
    [InlineData("{{ lipsum() }}")]
    [InlineData("{{ [1]|random }}")]
    [InlineData("{{ 'a'|urlize }}")]
    [InlineData("{{ messages.append(1) }}")]
    [InlineData("{% do messages.append(1) %}")]
    [InlineData("{{ messages.pop() }}")]
    [InlineData("{% set _ = {'a': 1}.update({'b': 2}) %}")]
    public void What_a_prompt_must_not_do_is_refused(string source)
        => Assert.Throws<TemplateException>(() => Render(source, """{"messages": [1]}"""));

    [Fact]
    public void Unknown_names_under_a_condition_fail_only_when_they_are_reached()
    {
        Assert.Equal("ok", Render("{% if false %}{{ 1|nofilter }}{% endif %}ok", "{}"));
        Assert.Throws<TemplateException>(() => Render("{% if true %}{{ 1|nofilter }}{% endif %}ok", "{}"));
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ 1|nofilter }}"));
    }

    [Theory]
    [InlineData("{% if x %}{% for i in [] %}{{ 1|nof }}{% endfor %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% for i in []|nof %}{% endfor %}{% endif %}ok", true)]
    [InlineData("{% if x %}{% for i in [] %}{% else %}{{ 1|nof }}{% endfor %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% for i in [1] if i|nof %}a{% endfor %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% macro m() %}{{ 1|nof }}{% endmacro %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% macro m(a=1|nof) %}{% endmacro %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% set q %}{{ 1|nof }}{% endset %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% set q | nof %}a{% endset %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% filter nof %}a{% endfilter %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% filter upper %}{{ 1|nof }}{% endfilter %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% with a=1|nof %}{% endwith %}{% endif %}ok", true)]
    [InlineData("{% if x %}{% with %}{{ 1|nof }}{% endwith %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% call x(1|nof) %}{% endcall %}{% endif %}ok", true)]
    [InlineData("{% if x %}{% call x() %}{{1|nof}}{% endcall %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% block b %}{{ 1|nof }}{% endblock %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% autoescape false %}{{ 1|nof }}{% endautoescape %}{% endif %}ok", false)]
    [InlineData("{% if x %}{% for i in [] %}{% if x %}{{ 1|nof }}{% endif %}{% endfor %}{% endif %}ok", true)]
    [InlineData("{% for i in [] %}{{ (1|nof) if x else 2 }}{% endfor %}ok", true)]
    public void A_condition_does_not_reach_into_a_scope(string source, bool isAccepted)
    {
        if (isAccepted)
            Assert.Equal("ok", Render(source, "{}"));
        else
            Assert.Contains("nof", Assert.Throws<TemplateException>(() => ChatTemplate.Parse(source)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ [1,2,3]|batch(0)|list }}", "[[], [1, 2, 3]]")]
    [InlineData("{{ [1,2,3]|batch(0,'x')|list }}", "[[], [1, 2, 3]]")]
    [InlineData("{{ []|batch(0)|list }}", "[]")]
    [InlineData("{{ [1,2,3]|batch(-1)|list }}", "[[1, 2, 3]]")]
    public void Rows_of_no_items_are_those_of_Jinja(string source, string text)
        => Assert.Equal(text, Render(source, "{}"));

    [Fact]
    public void A_loop_condition_sees_what_the_body_has_set_before()
        => Assert.Equal("12", Render(
            "{% set ns = namespace(stop=false) %}"
            + "{% for i in [1, 2, 3] if not ns.stop %}{{ i }}{% set ns.stop = i == 2 %}{% endfor %}",
            "{}"));

    [Fact]
    public void Variables_are_a_JSON_object_of_valid_text()
    {
        var template = ChatTemplate.Parse("{{ a }}");
        JsonElement[] wrong = [JsonDocument.Parse("[1]").RootElement, JsonDocument.Parse("""{"a": "\ud800"}""").RootElement, default];
        Assert.All(wrong, variables => Assert.Throws<TemplateException>(() => template.Render(variables, FixedClock.Instance)));
    }

    [Fact]
    public void The_clock_is_the_callers()
        => Assert.Equal("5 February 2026", Render("{{ strftime_now('%-d %B %Y') }}", "{}"));

    [Fact]
    public void One_template_serves_many_threads_at_once()
    {
        var template = ChatTemplate.Parse(
            "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ n }},{% endif %}{% endmacro %}"
            + "{% set c = cycler('a', 'b') %}{% for m in ms %}{{ loop.index }}{{ c.next() }}{{ f(m) }};{% endfor %}");
        string[] texts = new string[64];
        Parallel.For(0, texts.Length, i => texts[i] = template.Render(
            new JsonObject { ["ms"] = new JsonArray(i % 8, 3, 2) }, FixedClock.Instance));
        for (int i = 0; i < texts.Length; i++)
        {
            string first = string.Concat(Enumerable.Range(1, i % 8).Select(n => $"{n},"));
            Assert.Equal($"1a{first};2b1,2,3,;3a1,2,;", texts[i]);
        }
    }

    internal static string Render(string source, string json)
        => ChatTemplate.Parse(source).Render(JsonDocument.Parse(json).RootElement, FixedClock.Instance);

    private static TemplateException Fails(string source) => Assert.Throws<TemplateException>(() => Render(source, "{}"));
}
