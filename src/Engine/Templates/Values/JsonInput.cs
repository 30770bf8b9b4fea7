using System.Globalization;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hearth.Engine.Templates.Rendering;

namespace Hearth.Engine.Templates.Values;

/// <summary>
/// JSON as template values. Keys keep their order, and a number is a float exactly if it is written as one: 2.0 stays 2.0.
/// </summary>
internal sealed class JsonInput(RenderContext context)
{
    // Half of what values may have, so that templates can nest what they are given.
    private const int MaxDepth = Sequence.MaxDepth / 2;

    /// <summary>Any JSON value.</summary>
    public Value Read(JsonElement element) => Convert(element, 0);

    /// <summary>The members of an object.</summary>
    public Dictionary ReadObject(JsonElement element)
        => element.ValueKind == JsonValueKind.Object ? Object(element, 1) : throw new Fault("its variables are not a JSON object");

    /// <summary>The members of an object.</summary>
    public Dictionary ReadObject(JsonObject members) => Object(members, 1);

    private static int Deeper(int depth)
        => depth < MaxDepth ? depth + 1 : throw new Fault($"its variables are nested more than {MaxDepth} deep");

    private Value Convert(JsonElement element, int depth)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                return Value.From(Object(element, Deeper(depth)));
            case JsonValueKind.Array:
                var items = new Value[element.GetArrayLength()];
                int place = 0;
                foreach (var item in element.EnumerateArray())
                {
                    items[place++] = Convert(item, Deeper(depth));
                }

                return Value.List(items);
            case JsonValueKind.String:
                return Value.From(element.GetString()!);
            case JsonValueKind.Number:
                return Number(element.GetRawText());
            case JsonValueKind.True:
                return Value.True;
            case JsonValueKind.False:
                return Value.False;
            default:
                return Value.None;
        }
    }

    private Value Convert(JsonNode? node, int depth)
    {
        switch (node)
        {
            case null:
                return Value.None;
            case JsonObject members:
                return Value.From(Object(members, Deeper(depth)));
            case JsonArray items:
                int inner = Deeper(depth);
                return Value.List([.. items.Select(item => Convert(item, inner))]);
            default:
                return Scalar(node.AsValue(), depth);
        }
    }

    private Value Scalar(JsonValue value, int depth)
    {
        if (value.TryGetValue(out JsonElement element))
        {
            return Convert(element, depth);
        }

        return value.GetValueKind() switch
        {
            JsonValueKind.String => Value.From(value.GetValue<string>()),
            JsonValueKind.True => Value.True,
            JsonValueKind.False => Value.False,
            JsonValueKind.Number when value.TryGetValue(out double real) => Value.From(real),
            JsonValueKind.Number when value.TryGetValue(out float real) => Value.From((double)real),
            JsonValueKind.Number => Number(value.ToJsonString()),
            _ => Value.None,
        };
    }

    private Dictionary Object(JsonElement element, int depth)
    {
        var dictionary = context.NewDictionary();
        foreach (var member in element.EnumerateObject())
        {
            dictionary.Set(Value.From(member.Name), Convert(member.Value, depth));
        }

        return dictionary;
    }

    private Dictionary Object(JsonObject members, int depth)
    {
        var dictionary = context.NewDictionary();
        foreach (var (name, member) in members)
        {
            dictionary.Set(Value.From(name), Convert(member, depth));
        }

        return dictionary;
    }

    private static Value Number(string text)
    {
        if (text.AsSpan().ContainsAny('.', 'e', 'E'))
        {
            return Value.From(double.Parse(text, CultureInfo.InvariantCulture));
        }

        return text.Length <= Numbers.MaxDigits
            ? Value.From(BigInteger.Parse(text, CultureInfo.InvariantCulture))
            : throw new Fault($"an integer has more than {Numbers.MaxDigits} digits");
    }
}
