using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters that put things in order. Texts are compared without regard to case unless a template asks for it.</summary>
internal static class SortFilters
{
    /// <summary>What an item is compared by.</summary>
    public static Value Key(RenderContext context, Value value, bool caseSensitive)
    {
        if (caseSensitive || !value.IsString)
        {
            return value;
        }

        context.Meter.Step(value.String.Length >> 2);
        return context.Text(Casing.Lower(value.String));
    }

    public static Value Sort(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("sort", 0, "reverse", "case_sensitive", "attribute");
        var paths = AttributePath.ParseSeveral(context, bound.Optional(2));
        bool caseSensitive = bound.Flag(1);

        // The key is a list even of one: its items are asked for equality first, so that equal ones need no order.
        Value KeyOf(Value item) => Value.List(Array.ConvertAll(paths, path => Key(context, path.Read(context, item), caseSensitive)));
        return Value.List(Sorted(context, Iteration.Items(context, input), bound.Flag(0), KeyOf));
    }

    public static Value DictSort(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("dictsort", 0, "case_sensitive", "by", "reverse");
        string by = bound.Text(1, "key");
        if (by is not ("key" or "value"))
        {
            throw new Fault("'dictsort' sorts by either \"key\" or \"value\"");
        }

        Arithmetic.RefuseUndefined(input);
        if (input.Kind != ValueKind.Dict)
        {
            throw new Fault($"'{input.TypeName}' object has no attribute 'items'");
        }

        bool caseSensitive = bound.Flag(0);
        var items = new DictView("items", input.Dict).Iterate(context);
        return Value.List(Sorted(
            context, items, bound.Flag(2), item => Key(context, item.Items[by == "key" ? 0 : 1], caseSensitive)));
    }

    public static Value GroupBy(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("groupby", 1, "attribute", "default", "case_sensitive");
        var path = AttributePath.Parse(context, bound.Optional(0));
        var otherwise = bound.Optional(1);
        bool caseSensitive = bound.Flag(2);
        Value KeyOf(Value item) => Key(context, path.Read(context, item, otherwise), caseSensitive);

        var sorted = Sorted(context, Iteration.Items(context, input), false, KeyOf);
        var groups = new List<Value>();
        for (int start = 0, end = 0; start < sorted.Length; start = end)
        {
            var key = KeyOf(sorted[start]);
            do
            {
                end++;
            }
            while (end < sorted.Length && context.Comparer.Equals(KeyOf(sorted[end]), key));

            // The group is named by its first item, in that item's own case.
            var name = path.Read(context, sorted[start], otherwise);
            groups.Add(Value.Tuple(new Group([name, Value.List(sorted[start..end])])));
        }

        return context.List([.. groups]);
    }

    public static Value Min(RenderContext context, Value input, Arguments arguments) => Extreme(context, input, arguments, "min", "<");

    public static Value Max(RenderContext context, Value input, Arguments arguments) => Extreme(context, input, arguments, "max", ">");

    private static Value Extreme(RenderContext context, Value input, Arguments arguments, string filter, string symbol)
    {
        var bound = arguments.Bind(filter, 0, "case_sensitive", "attribute");
        var path = AttributePath.Parse(context, bound.Optional(1));
        var items = Iteration.Items(context, input);
        if (items.Length == 0)
        {
            return Value.Undefined("no aggregated item, the sequence is empty");
        }

        var best = items[0];
        var bestKey = Key(context, path.Read(context, best), bound.Flag(0));
        foreach (var item in items.AsSpan(1))
        {
            var key = Key(context, path.Read(context, item), bound.Flag(0));
            if (Ordering.Compare(context, symbol, key, bestKey))
            {
                (best, bestKey) = (item, key);
            }
        }

        return best;
    }

    private static Value[] Sorted(RenderContext context, Value[] items, bool reverse, Converter<Value, Value> key)
    {
        context.Meter.Step(items.Length);
        int[] places = Ordering.Sort(context, Array.ConvertAll(items, key), reverse);
        return Array.ConvertAll(places, place => items[place]);
    }

    /// <summary>A tuple of a group's name and its items.</summary>
    private sealed class Group(Value[] items) : Sequence(items)
    {
        private static readonly string[] Fields = ["grouper", "list"];

        public override ReadOnlySpan<string> FieldNames => Fields;
    }
}
