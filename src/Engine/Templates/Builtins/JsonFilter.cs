using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// The filter <c>tojson</c> as Hugging Face defines it: Python's <c>json.dumps</c>, without the HTML escapes of Jinja's own.
/// </summary>
internal sealed class JsonFilter
{
    private readonly RenderContext context;
    private readonly TextBuilder output;
    private readonly bool asciiOnly;
    private readonly string? indent;
    private readonly string itemSeparator;
    private readonly string keySeparator;
    private readonly bool sortsKeys;

    private JsonFilter(RenderContext context, BoundArguments arguments)
    {
        this.context = context;
        output = new TextBuilder(context.Meter);
        asciiOnly = arguments.Flag(0);
        sortsKeys = arguments.Flag(3);
        if (arguments.Optional(1) is { } indentation)
        {
            int width = indentation.IsString ? 0 : Math.Max(0, arguments.Integer(1));
            context.Meter.Text(width);
            indent = indentation.IsString ? indentation.String : new string(' ', width);
        }

        (itemSeparator, keySeparator) = (indent is null ? ", " : ",", ": ");
        if (arguments.Optional(2) is { } separators)
        {
            (itemSeparator, keySeparator) = separators.Kind is ValueKind.Tuple or ValueKind.List
                && separators.Items is [{ IsString: true } item, { IsString: true } key]
                    ? (item.String, key.String)
                    : throw new Fault("the separators of 'tojson' must be two texts");
        }
    }

    /// <summary>The filter.</summary>
    public static Value ToJson(RenderContext context, Value input, Arguments arguments)
    {
        var run = new JsonFilter(context, arguments.Bind("tojson", 0, "ensure_ascii", "indent", "separators", "sort_keys"));
        run.Append(input, 1);
        return Value.From(run.output.ToString());
    }

    private void Append(Value value, int level)
    {
        context.Meter.Step();
        switch (value.Kind)
        {
            case ValueKind.None:
                output.Append("null");
                break;
            case ValueKind.Boolean:
                output.Append(value.Boolean ? "true" : "false");
                break;
            case ValueKind.Integer:
                output.Append(ValueText.IntegerText(context, value));
                break;
            case ValueKind.Float:
                output.Append(NumberText(value.Float));
                break;
            case ValueKind.String:
                AppendQuoted(value.String);
                break;
            case ValueKind.List or ValueKind.Tuple:
                AppendItems(value.Items, level);
                break;
            case ValueKind.Dict:
                AppendEntries(value.Dict, level);
                break;
            default:
                throw new Fault($"Object of type {value.TypeName} is not JSON serializable");
        }
    }

    private void AppendItems(Value[] items, int level)
    {
        if (items.Length == 0)
        {
            output.Append("[]");
            return;
        }

        output.Append('[');
        for (int i = 0; i < items.Length; i++)
        {
            output.Append(i > 0 ? itemSeparator : "");
            BreakLine(level);
            Append(items[i], level + 1);
        }

        BreakLine(level - 1);
        output.Append(']');
    }

    private void AppendEntries(Dictionary dictionary, int level)
    {
        if (dictionary.Count == 0)
        {
            output.Append("{}");
            return;
        }

        output.Append('{');
        bool first = true;
        foreach (var key in OrderedKeys(dictionary))
        {
            output.Append(first ? "" : itemSeparator);
            first = false;
            BreakLine(level);
            AppendQuoted(KeyText(key));
            output.Append(keySeparator);
            Append(dictionary.TryGet(key, out var value) ? value : default, level + 1);
        }

        BreakLine(level - 1);
        output.Append('}');
    }

    private Value[] OrderedKeys(Dictionary dictionary)
    {
        Value[] keys = [.. dictionary.Keys];
        return sortsKeys ? Array.ConvertAll(Ordering.Sort(context, keys, reverse: false), place => keys[place]) : keys;
    }

    private string KeyText(Value key) => key.Kind switch
    {
        ValueKind.String => key.String,
        ValueKind.None => "null",
        ValueKind.Boolean => key.Boolean ? "true" : "false",
        ValueKind.Integer => ValueText.IntegerText(context, key),
        ValueKind.Float => NumberText(key.Float),
        _ => throw new Fault($"keys must be str, int, float, bool or None, not {key.TypeName}"),
    };

    private static string NumberText(double value)
        => double.IsFinite(value) ? FloatText.Repr(value) : double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private void BreakLine(int level)
    {
        if (indent is null)
        {
            return;
        }

        output.Append('\n');
        for (int i = 0; i < level; i++)
        {
            output.Append(indent);
        }
    }

    private void AppendQuoted(string text)
    {
        output.Append('"');
        var rest = text.AsSpan();
        while (true)
        {
            int plain = 0;
            while (plain < rest.Length && rest[plain] is >= ' ' and not ('"' or '\\') && (!asciiOnly || rest[plain] <= '~'))
            {
                plain++;
            }

            output.Append(rest[..plain]);
            if (plain == rest.Length)
            {
                break;
            }

            output.Append(rest[plain] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                '\r' => "\\r",
                '\t' => "\\t",
                '\b' => "\\b",
                '\f' => "\\f",
                var c => $"\\u{(int)c:x4}",
            });
            rest = rest[(plain + 1)..];
        }

        output.Append('"');
    }
}
