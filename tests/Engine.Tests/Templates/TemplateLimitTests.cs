using System.Text.Json;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Tests.Templates;

public sealed class TemplateLimitTests
{
    // A hundredth of what templates may use, so that what does not end ends soon.
    private static readonly TemplateLimits Tight = TemplateLimits.Default with
    {
        Steps = 100_000,
        TextCharacters = 1 << 17,
        TotalCharacters = 1 << 20,
    };

    [Theory]
    [InlineData("{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}")]
    [InlineData("{% for a in range(1000) %}{% for b in range(1000) if false %}{% endfor %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='ab') %}{% for a in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s='ab') %}{% for a in range(100) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(100) %}{% set ns.s = ns.s + ns.s %}{% endfor %}")]
    [InlineData("{% set ns = namespace(l=[]) %}{% for a in range(1000) %}{% set ns.l = ns.l + ['a' * 100000] %}{% endfor %}")]
    [InlineData("{{ 'a' * 10000000000 }}")]
    [InlineData("{{ [1] * 10000000000 }}")]
    [InlineData("{{ range(10000000000)|list }}")]
    [InlineData("{{ 'a'|center(1000000000) }}")]
    [InlineData("{{ 'a'.ljust(1000000000) ~ 'a'.zfill(1000000000) }}")]
    [InlineData("{{ '%1000000000d' % 1 }}")]
    [InlineData("{{ '%.1000000000d' % 1 }}")]
    [InlineData("{{ '{:01000000000,}'.format(1) }}")]
    [InlineData("{{ '%.1000000000f' % 1 }}")]
    [InlineData("{{ 'a'|tojson(indent=1000000000) }}")]
    [InlineData("{{ 'a\nb'|indent(1000000000) }}")]
    [InlineData("{{ ('a' * 1000)|replace('a', 'b' * 1000) }}")]
    [InlineData("{{ ('a' * 1000).replace('', 'b' * 1000) }}")]
    [InlineData("{{ (['a' * 1000] * 1000) | join('b' * 1000) }}")]
    [InlineData("{{ ('{0}' * 1000).format('b' * 1000) }}")]
    [InlineData("{{ ('%(a)s' * 1000) % {'a': 'b' * 1000} }}")]
    [InlineData("{{ ('\t' * 1000).expandtabs(1000) }}")]
    [InlineData("{{ [1]|batch(1000000000, 0)|list }}")]
    [InlineData("{{ [1]|slice(1000000000)|list }}")]
    [InlineData("{{ 2 ** 100000000 }}")]
    [InlineData("{% set ns = namespace(n=3) %}{% for i in range(100) %}{% set ns.n = ns.n * ns.n %}{% endfor %}")]
    public void Growth_without_end_fails(string source) => Fails(source);

    [Theory]
    [InlineData("{% set ns = namespace(s=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% endfor %}{{ ns.s }}")]
    [InlineData("{% set ns = namespace(s={}) %}{% for a in range(60) %}{% set ns.s = {1: ns.s, 2: ns.s} %}{% endfor %}{{ ns.s|tojson }}")]
    [InlineData("{% set ns = namespace(s={}) %}{% for a in range(60) %}{% set ns.s = {1: ns.s, 2: ns.s} %}{% endfor %}{{ ns.s|pprint }}")]
    [InlineData("{% set ns = namespace(s=[1], t=[1]) %}{% for a in range(60) %}{% set ns.s = [ns.s, ns.s] %}{% set ns.t = [ns.t, ns.t] %}"
        + "{% endfor %}{{ ns.s == ns.t }}")]
    [InlineData("{% set ns = namespace(s=(1,), t=(1,)) %}{% for a in range(60) %}{% set ns.s = (ns.s, ns.s) %}"
        + "{% set ns.t = (ns.t, ns.t) %}{% endfor %}{{ {ns.s: 1, ns.t: 2} }}")]
    [InlineData("{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(40) }}")]
    public void Values_and_calls_that_unfold_exponentially_fail(string source) => Fails(source);

    [Theory]
    [InlineData("{% set h = 'a' * 100000 %}{% set n = 'a' * 50000 + 'b' + 'a' * 40000 %}"
        + "{% for i in range(9999) %}{{ n in h }}{% endfor %}")]
    [InlineData("{% set h = 'a' * 100000 %}{% for i in range(99999) %}{% if h.find('b') %}{% endif %}{% endfor %}")]
    [InlineData("{% set h = 'a' * 99999 %}{% set g = 'a' * 99999 %}{% for i in range(99999) %}{% if h == g %}{% endif %}{% endfor %}")]
    [InlineData("{% set h = ' ' * 99999 %}{% for i in range(99999) %}{% set x = h.strip() %}{% endfor %}")]
    [InlineData("{% set h = 'é ' * 9999 %}{% for i in range(99999) %}{% set x = h|title %}{% endfor %}")]
    [InlineData("{% set l = range(9999)|list %}{% for i in l %}{% if -1 in l %}{% endif %}{% endfor %}")]
    [InlineData("{% set l = range(9999)|list %}{% for i in l %}{% set x = l|list %}{% endfor %}")]
    [InlineData("{% set l = range(9999)|list %}{% for i in l %}{% set x = l|sort %}{% endfor %}")]
    [InlineData("{% set b = 10 ** 4200 %}{% for i in range(99999) %}{% set c = b * 3 // 7 %}{% endfor %}")]
    [InlineData("{% for i in range(99999) %}{% set x = '%.1000f' % 1e308 %}{% endfor %}")]
    public void Work_in_few_steps_is_charged_for_what_it_is(string source) => Fails(source);

    [Theory]
    [InlineData("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")]
    [InlineData("{% macro f() %}{{ caller() }}{% endmacro %}{% macro g() %}{% call f() %}{{ g() }}{% endcall %}{% endmacro %}{{ g() }}")]
    [InlineData("{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}")]
    [InlineData("{% macro f() %}{% filter upper %}{% set z %}{{ f() }}{% endset %}{% endfilter %}{% endmacro %}{{ f() }}")]
    [InlineData("{% set t = namespace(n=none) %}{% for i in range(5000) %}{% set t.n = namespace(n=t.n) %}{% endfor %}{{ t }}")]
    [InlineData("{% set ns = namespace(s=[]) %}{% for a in range(10000) %}{% set ns.s = [ns.s] %}{% endfor %}{{ ns.s }}")]
    public void Recursion_without_end_fails_also_on_a_small_stack(string source)
    {
        var onSmallStack = RunOnThread(256 * 1024, () => Render(source, TemplateLimits.Default));
        Assert.IsType<TemplateException>(onSmallStack);
        Fails(source);
    }

    [Fact]
    public void A_namespace_that_holds_itself_can_be_printed()
        => Assert.Equal("<Namespace {'a': <Namespace {...}>}>", Render("{% set n = namespace() %}{% set n.a = n %}{{ n }}", Tight));

    [Fact]
    public void A_chain_of_generators_does_not_recurse()
        => Assert.Equal("['1']", Render(
            "{% set n = namespace(s=[1]) %}{% for a in range(50000) %}{% set n.s = n.s|map('string') %}{% endfor %}{{ n.s|list }}",
            TemplateLimits.Default));

    [Theory]
    [InlineData("{{ ", "(", "")]
    [InlineData("{{ ", "[", "")]
    [InlineData("{{ ", "{1:", "")]
    [InlineData("{{ ", "not ", "1 }}")]
    [InlineData("{{ ", "- ", "1 }}")]
    [InlineData("{{ ", "x[", "")]
    [InlineData("{{ ", "x(", "")]
    [InlineData("{{ ", "1 if 0 else ", "1 }}")]
    [InlineData("{{ ", "1 is in ", "1 }}")]
    [InlineData("", "{% if 1 %}", "")]
    [InlineData("", "{% for a in b %}", "")]
    [InlineData("{% for ", "(", "a")]
    [InlineData("{{ 1", " + 1", " }}")]
    [InlineData("{{ x", ".a", " }}")]
    [InlineData("{{ x", "()", " }}")]
    [InlineData("{{ x", "|upper", " }}")]
    [InlineData("{{ ''", "|upper", " }}")]
    public void Deep_nesting_in_the_source_fails_also_on_a_small_stack(string open, string middle, string close)
    {
        string source = open + string.Concat(Enumerable.Repeat(middle, 50_000)) + close;
        Assert.IsType<TemplateException>(RunOnThread(256 * 1024, () => Render(source, TemplateLimits.Default)));
    }

    [Fact]
    public void The_source_may_not_be_endless()
    {
        var failure = Assert.Throws<TemplateException>(() => ChatTemplate.Parse(new string('x', 2_000_000)));
        Assert.Contains("1048576", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Deeply_nested_variables_are_refused()
    {
        string json = string.Concat(Enumerable.Repeat("[", 500)) + string.Concat(Enumerable.Repeat("]", 500));
        using var document = JsonDocument.Parse($"{{\"a\": {json}}}", new JsonDocumentOptions { MaxDepth = 1000 });
        Assert.Throws<TemplateException>(() => ChatTemplate.Parse("{{ a }}").Render(document.RootElement, FixedClock.Instance));
    }

    [Fact]
    public void A_long_conversation_stays_within_the_limits()
    {
        var message = new { role = "user", content = new string('x', 4000) + "</think>" + new string('y', 1000) };
        string json = JsonSerializer.Serialize(new { messages = Enumerable.Repeat(message, 1000), bos_token = "<s>" });
        using var document = JsonDocument.Parse(json);
        string template = TemplateVectors.Template("Qwen-Qwen3-0.6B");
        string text = ChatTemplate.Parse(template).Render(document.RootElement, FixedClock.Instance);
        Assert.True(text.Length > 5_000_000);
    }

    private static void Fails(string source)
    {
        var failure = Assert.Throws<TemplateException>(() => Render(source, Tight));
        Assert.False(failure.IsRefusal);
    }

    private static string Render(string source, TemplateLimits limits)
        => ChatTemplate.Parse(source, limits).Render(JsonDocument.Parse("{}").RootElement, FixedClock.Instance);

    private static Exception? RunOnThread(int stackBytes, Func<string> render)
    {
        Exception? caught = null;
        var thread = new Thread(() => caught = Record.Exception(() => { render(); }), stackBytes);
        thread.Start();
        thread.Join();
        return caught;
    }
}
