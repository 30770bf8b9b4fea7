using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// The filter <c>pprint</c>: Python's <c>pformat</c>. What fits into 80 columns stands on one line, other containers have a line
/// for each item; the keys of dictionaries are sorted.
/// </summary>
internal sealed class PrettyPrint
{
    private const int Width = 80;

    private readonly RenderContext context;
    private readonly TextBuilder output;

    private PrettyPrint(RenderContext context)
    {
        this.context = context;
        output = new TextBuilder(context.Meter);
    }

    /// <summary>The filter.</summary>
    public static Value Filter(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("pprint");
        var printer = new PrettyPrint(context);
        printer.Append(printer.WithSortedKeys(input), 0, 0);
        return Value.From(printer.output.ToString());
    }

    /// <summary>Appends a value whose first line begins at column <paramref name="indent"/>.</summary>
    /// <param name="value">The value.</param>
    /// <param name="indent">The column.</param>
    /// <param name="closing">How many brackets and commas must fit behind the value.</param>
    private void Append(Value value, int indent, int closing)
    {
        string flat = ValueText.Repr(context, value);
        if (PythonText.Length(flat) <= Width - indent - closing)
        {
            output.Append(flat);
            return;
        }

        switch (value.Kind)
        {
            case ValueKind.List:
                AppendItems("[", value.Items, "]", indent + 1, closing);
                break;
            case ValueKind.Tuple:
                AppendItems("(", value.Items, value.Items.Length == 1 ? ",)" : ")", indent + 1, closing);
                break;
            case ValueKind.Dict when value.Dict.Count > 0:
                AppendEntries(value.Dict, indent + 1, closing + 1);
                break;
            default:
                output.Append(flat);
                break;
        }
    }

    private void AppendItems(string open, Value[] items, string close, int indent, int closing)
    {
        output.Append(open);
        for (int i = 0; i < items.Length; i++)
        {
            BreakLine(i > 0, indent);
            Append(items[i], indent, i + 1 < items.Length ? 1 : closing + close.Length);
        }

        output.Append(close);
    }

    private void AppendEntries(Dictionary dictionary, int indent, int closing)
    {
        output.Append('{');
        int done = 0;
        foreach (var (key, value) in dictionary)
        {
            BreakLine(done > 0, indent);
            string name = ValueText.Repr(context, key);
            output.Append(name).Append(": ");
            Append(value, indent + PythonText.Length(name) + 2, ++done < dictionary.Count ? 1 : closing);
        }

        output.Append('}');
    }

    private void BreakLine(bool breaks, int indent)
    {
        if (breaks)
        {
            output.Append(",\n").Append(' ', indent);
        }
    }

    private Value WithSortedKeys(Value value)
    {
        context.Meter.Step();
        switch (value.Kind)
        {
            case ValueKind.List:
                return Value.List(Array.ConvertAll(value.Items, WithSortedKeys));
            case ValueKind.Tuple:
                return Value.Tuple(Array.ConvertAll(value.Items, WithSortedKeys));
            case ValueKind.Dict:
                Value[] keys = [.. value.Dict.Keys];
                bool comparable = Array.TrueForAll(keys, key => key.IsString) || Array.TrueForAll(keys, key => key.IsNumber);
                var sorted = context.NewDictionary();
                foreach (int place in comparable ? Ordering.Sort(context, keys, reverse: false) : [.. Enumerable.Range(0, keys.Length)])
                {
                    sorted.Set(keys[place], value.Dict.TryGet(keys[place], out var item) ? WithSortedKeys(item) : default);
                }

                return Value.From(sorted);
            default:
                return value;
        }
    }
}
