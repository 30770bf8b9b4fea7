using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters that take sequences apart and put them together.</summary>
internal static class SequenceFilters
{
    public static Value Length(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("length");
        return Iteration.Length(context, input) is { } length
            ? Value.From((long)length)
            : throw new Fault($"object of type '{input.TypeName}' has no len()");
    }

    public static Value List(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("list");
        return context.List(Iteration.Items(context, input));
    }

    public static Value Items(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("items");
        return input.Kind switch
        {
            ValueKind.Undefined => Value.From(new OneShot([])),
            ValueKind.Dict => Value.From(new OneShot(new DictView("items", input.Dict).Iterate(context))),
            _ => throw new Fault("'items' can only get item pairs from a mapping"),
        };
    }

    public static Value First(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("first");
        if (input.TryGetObject<OneShot>(out var generator))
        {
            return generator.TryTake(context, out var taken) ? taken : Value.Undefined("there is no first item, the sequence is empty");
        }

        var items = Iteration.Items(context, input);
        return items.Length > 0 ? items[0] : Value.Undefined("there is no first item, the sequence is empty");
    }

    public static Value Last(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("last");
        var items = ReversibleItems(context, input);
        return items.Length > 0 ? items[^1] : Value.Undefined("there is no last item, the sequence is empty");
    }

    public static Value Reverse(RenderContext context, Value input, Arguments arguments)
    {
        arguments.RefuseAll("reverse");
        if (input.IsString)
        {
            return Lookup.Reverse(context, input);
        }

        var items = Iteration.Items(context, input);
        context.Meter.Step(items.Length);
        Value[] reversed = [.. items.Reverse()];
        return input.TryGetObject<OneShot>(out _) ? Value.List(reversed) : Value.From(new OneShot(reversed));
    }

    public static Value Unique(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("unique", 0, "case_sensitive", "attribute");
        var path = AttributePath.Parse(context, bound.Optional(1));
        bool caseSensitive = bound.Flag(0);
        var seen = new HashSet<Value>(context.Comparer);
        var items = Iteration.Items(context, input);
        context.Meter.Step(4L * items.Length);
        return Value.From(new OneShot(Array.FindAll(
            items, item => seen.Add(SortFilters.Key(context, path.Read(context, item), caseSensitive)))));
    }

    /// <summary>Rows of <c>linecount</c> items; the last one is filled up if something is given to fill with.</summary>
    public static Value Batch(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("batch", 1, "linecount", "fill_with");
        int width = bound.Integer(0);
        var items = Iteration.Items(context, input);
        context.Meter.Step(items.Length);
        var rows = new List<Value>();

        // The row before the first item has the length 0 already, and is given out as it is.
        if (width == 0 && items.Length > 0)
            rows.Add(Value.List([]));
        for (int start = 0; start < items.Length;)
        {
            // A width below one never equals a row's length, so that all items share one row.
            int end = width < 1 ? items.Length : (int)Math.Min((long)start + width, items.Length);
            var row = items[start..end];
            if (bound.Optional(1) is { } fill && row.Length < width)
            {
                context.Meter.Step(width);
                row = [.. row, .. Enumerable.Repeat(fill, width - row.Length)];
            }

            rows.Add(Value.List(row));
            start = end;
        }

        return Value.From(new OneShot([.. rows]));
    }

    /// <summary>A given number of columns, the first ones longer where the items do not divide evenly.</summary>
    public static Value Slice(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("slice", 1, "slices", "fill_with");
        var items = Iteration.Items(context, input);
        int columns = bound.Integer(0);
        if (columns == 0)
        {
            throw new Fault("integer division or modulo by zero");
        }

        context.Meter.Step((long)items.Length + Math.Max(0, columns));
        var slices = new Value[Math.Max(0, columns)];
        int start = 0;
        for (int i = 0; i < slices.Length; i++)
        {
            bool isLonger = i < items.Length % columns;
            int end = start + (items.Length / columns) + (isLonger ? 1 : 0);
            slices[i] = Value.List(bound.Optional(1) is { } fill && !isLonger ? [.. items[start..end], fill] : items[start..end]);
            start = end;
        }

        return Value.From(new OneShot(slices));
    }

    private static Value[] ReversibleItems(RenderContext context, Value input)
        => input.TryGetObject<OneShot>(out _)
            ? throw new Fault("'generator' object is not reversible; 'list' makes it so")
            : Iteration.Items(context, input);
}
