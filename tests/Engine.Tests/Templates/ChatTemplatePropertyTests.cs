using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Hearth.Engine.Templates;

namespace Hearth.Engine.Tests.Templates;

public sealed class ChatTemplatePropertyTests
{
    private static readonly string[] Pieces =
    [
        "{{", "}}", "{%", "%}", "{#", "#}", "{{-", "-}}", "{%-", "-%}", "{%+", "+%}", "{% if x %}", "{% else %}",
        "{% elif y %}", "{% endif %}", "{% for a in x %}", "{% endfor %}", "{% set a = ", "{% macro f(a, b=1) %}",
        "{% endmacro %}", "{% call f() %}", "{% endcall %}", "{% raw %}", "{% endraw %}", "{% break %}", "{% with a = 1 %}",
        "{% endwith %}", "{% filter upper %}", "{% endfilter %}", "x", "y", "a", "f(1)", "loop.index", "'text'", "\"", "'", "1",
        "2.5", "-", "+", "*", "/", "//", "%", "**", "~", "|", "upper", "join(',')", "tojson", "map('upper')", "sort", "is",
        "not", "defined", "in", "and", "or", "if", "else", "(", ")", "[", "]", "{", "}", ":", ",", ".", "=", "==", "<", " ",
        "\n", "\r\n", "\t", "é", "😀", "\ud800", "\\", "namespace()", "range(3)", "none", "true",
    ];

    private static readonly Gen<JsonNode?> Scalars = Gen.OneOf<JsonNode?>(
        Gen.Constant<JsonNode?>(null),
        ArbMap.Default.GeneratorFor<bool>().Select(flag => (JsonNode?)flag),
        ArbMap.Default.GeneratorFor<int>().Select(number => (JsonNode?)number),
        ArbMap.Default.GeneratorFor<NormalFloat>().Select(number => (JsonNode?)(double)number),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => (JsonNode?)ValidUnicode(text.Get)));

    [Property(MaxTest = 2000)]
    public void Random_text_is_rendered_or_refused(NonNull<string> source) => RenderOrRefuse(source.Get);

    [Property(MaxTest = 4000)]
    public Property Random_sequences_of_template_pieces_are_rendered_or_refused()
        => Prop.ForAll(Gen.Elements(Pieces).ArrayOf().ToArbitrary(), pieces => RenderOrRefuse(string.Concat(pieces)));

    [Property(MaxTest = 1000)]
    public Property Random_expressions_are_rendered_or_refused()
        => Prop.ForAll(
            Gen.Elements(Pieces[Array.IndexOf(Pieces, "x")..]).ArrayOf().ToArbitrary(),
            pieces => RenderOrRefuse($"{{{{ {string.Join(' ', pieces)} }}}}"));

    [Property(MaxTest = 500)]
    public void Text_without_tags_renders_to_itself(NonNull<string> text)
    {
        string plain = text.Get.Replace("{", "", StringComparison.Ordinal);
        string normalized = plain.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');
        normalized = normalized.EndsWith('\n') ? normalized[..^1] : normalized;
        Assert.Equal(normalized, ChatTemplate.Parse(plain).Render(new JsonObject(), FixedClock.Instance));
    }

    [Property(MaxTest = 500)]
    public void A_text_variable_is_printed_as_it_is(NonNull<string> text)
    {
        string valid = ValidUnicode(text.Get);
        Assert.Equal(valid, Render("{{ a }}", new JsonObject { ["a"] = valid }));
        Assert.Equal(valid, Render("{{ a[:1] ~ a[1:] }}", new JsonObject { ["a"] = valid }));
        Assert.Equal(valid, Render("{{ a|reverse|reverse }}", new JsonObject { ["a"] = valid }));
        Assert.Equal(valid, Render("{{ a|list|join }}", new JsonObject { ["a"] = valid }));
        Assert.Equal(valid, Render("{{ a.split('e')|join('e') }}", new JsonObject { ["a"] = valid }));
        Assert.Equal(valid, Render("{{ '%s' % (a,) }}{{ '' }}", new JsonObject { ["a"] = valid }));
    }

    [Property(MaxTest = 500)]
    public Property Tojson_writes_what_was_given()
        => Prop.ForAll(Trees(3).ToArbitrary(), tree =>
        {
            var given = new JsonObject { ["a"] = tree?.DeepClone() };
            foreach (string filter in new[] { "tojson", "tojson(ensure_ascii=true)", "tojson(indent=2)", "tojson(separators=(',', ':'))" })
            {
                Assert.True(JsonNode.DeepEquals(tree, JsonNode.Parse(Render($"{{{{ a|{filter} }}}}", given))));
            }
        });

    [Property(MaxTest = 500)]
    public Property A_value_equals_itself_and_its_copies()
        => Prop.ForAll(Trees(3).ToArbitrary(), tree =>
        {
            var given = new JsonObject { ["a"] = tree?.DeepClone(), ["b"] = tree?.DeepClone() };
            Assert.Equal("True True True", Render("{{ a == b }} {{ a in [b] }} {{ a|string == b|string }}", given));
        });

    [Property(MaxTest = 500)]
    public void Quotient_and_rest_make_the_dividend(int dividend, int divisor)
    {
        var given = new JsonObject { ["a"] = dividend, ["b"] = divisor == 0 ? 1 : divisor };
        Assert.Equal("True True", Render("{{ a // b * b + a % b == a }} {{ (a % b < 0) == (b < 0) or a % b == 0 }}", given));
    }

    [Property(MaxTest = 500)]
    public void Floats_are_printed_with_digits_that_read_back(NormalFloat number)
    {
        string text = Render("{{ a }}", new JsonObject { ["a"] = (double)number });
        Assert.Equal((double)number, double.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Property(MaxTest = 300)]
    public void Sorting_orders_and_keeps_everything(int[] numbers)
    {
        var given = new JsonObject { ["a"] = new JsonArray([.. numbers.Select(number => (JsonNode?)number)]) };
        Assert.Equal($"[{string.Join(", ", numbers.Order())}]", Render("{{ a|sort }}", given));
        Assert.Equal($"[{string.Join(", ", numbers.OrderDescending())}]", Render("{{ a|sort(reverse=true) }}", given));
        Assert.Equal($"[{string.Join(", ", numbers.Distinct())}]", Render("{{ a|unique|list }}", given));
    }

    [Property(MaxTest = 300)]
    public void Slices_take_what_Python_takes(byte length, sbyte start, sbyte stop, sbyte step)
    {
        int count = length % 12;
        int stride = step == 0 ? 1 : step % 5 == 0 ? 1 : step % 5;
        string letters = "abcdefghijkl"[..count];
        int Clamp(int index) => Math.Clamp(index < 0 ? index + count : index, stride > 0 ? 0 : -1, stride > 0 ? count : count - 1);
        string expected = "";
        for (int i = Clamp(start); stride > 0 ? i < Clamp(stop) : i > Clamp(stop); i += stride)
        {
            expected += letters[i];
        }

        Assert.Equal(expected, Render($"{{{{ a[{start}:{stop}:{stride}] }}}}", new JsonObject { ["a"] = letters }));
    }

    private static Gen<JsonNode?> Trees(int depth)
    {
        if (depth == 0)
        {
            return Scalars;
        }

        var inner = Trees(depth - 1);
        var names = ArbMap.Default.GeneratorFor<NonNull<string>>().Select(text => ValidUnicode(text.Get));
        var lists = inner.ArrayOf().Select(items => (JsonNode?)new JsonArray([.. items.Select(item => item?.DeepClone())]));
        var maps = names.SelectMany(name => inner.Select(value => (name, value))).ArrayOf().Select(members =>
        {
            var map = new JsonObject();
            foreach (var (name, value) in members)
            {
                map[name] = value?.DeepClone();
            }

            return (JsonNode?)map;
        });
        return Gen.OneOf(Scalars, lists, maps);
    }

    private static string ValidUnicode(string text)
        => string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0xFFFD).Select(rune => rune.ToString()));

    private static string Render(string source, JsonObject variables) => ChatTemplate.Parse(source).Render(variables, FixedClock.Instance);

    private static void RenderOrRefuse(string source)
    {
        var variables = JsonDocument.Parse("""{"x": [1, "b", {"c": null}], "y": "text", "a": 2.5}""").RootElement;
        try
        {
            var limits = TemplateLimits.Default with { Steps = 200_000 };
            string first = ChatTemplate.Parse(source, limits).Render(variables, FixedClock.Instance);
            Assert.Equal(first, ChatTemplate.Parse(source, limits).Render(variables, FixedClock.Instance));
        }
        catch (TemplateException failure)
        {
            Assert.NotEmpty(failure.Message);
        }
    }
}
