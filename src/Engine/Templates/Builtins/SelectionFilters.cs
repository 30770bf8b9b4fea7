using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The filters that choose: defaults, attributes, and items that pass a test.</summary>
internal static class SelectionFilters
{
    public static Value Default(RenderContext context, Value input, Arguments arguments)
    {
        var bound = arguments.Bind("default", 0, "default_value", "boolean");
        return input.IsUndefined || (bound.Flag(1) && !input.IsTrue) ? bound[0] ?? Value.Empty : input;
    }

    public static Value Attr(RenderContext context, Value input, Arguments arguments)
    {
        string name = ValueText.Str(context, arguments.Bind("attr", 1, "name").Required(0));
        Arithmetic.RefuseUndefined(input);
        return Lookup.TryAttribute(context, input, name, out var value) ? value : Value.UndefinedAttribute(input, name);
    }

    public static Value Map(RenderContext context, Value input, Arguments arguments)
    {
        if (!input.IsTrue)
        {
            return Value.From(new OneShot([]));
        }

        Func<Value, Value> map;
        if (arguments.Positional.Length == 0 && Array.Exists(arguments.Named, argument => argument.Key == "attribute"))
        {
            var bound = arguments.Bind("map", 0, "attribute", "default");
            var path = AttributePath.Parse(context, bound.Optional(0));
            var otherwise = bound.Optional(1);
            map = item => path.Read(context, item, otherwise);
        }
        else if (arguments.Positional is [var name, ..])
        {
            string filter = ValueText.Str(context, name);
            var rest = arguments.Skip(1);
            map = item => FilterCatalog.Apply(context, filter, item, rest);
        }
        else
        {
            throw new Fault("'map' needs the name of a filter, or an attribute");
        }

        var items = Iteration.Items(context, input);
        context.Meter.Step(items.Length);
        return Value.From(new OneShot(Array.ConvertAll(items, item => map(item))));
    }

    public static Value Select(RenderContext context, Value input, Arguments arguments)
        => Choose(context, input, arguments, byAttribute: false, wanted: true);

    public static Value Reject(RenderContext context, Value input, Arguments arguments)
        => Choose(context, input, arguments, byAttribute: false, wanted: false);

    public static Value SelectAttr(RenderContext context, Value input, Arguments arguments)
        => Choose(context, input, arguments, byAttribute: true, wanted: true);

    public static Value RejectAttr(RenderContext context, Value input, Arguments arguments)
        => Choose(context, input, arguments, byAttribute: true, wanted: false);

    private static Value Choose(RenderContext context, Value input, Arguments arguments, bool byAttribute, bool wanted)
    {
        if (!input.IsTrue)
        {
            return Value.From(new OneShot([]));
        }

        var path = AttributePath.Parse(context, null);
        if (byAttribute)
        {
            if (arguments.Positional.Length == 0)
            {
                throw new Fault("a filter that chooses by attribute needs the attribute's name");
            }

            path = AttributePath.Parse(context, arguments.Positional[0]);
            arguments = arguments.Skip(1);
        }

        // Without a test, the value itself decides.
        string? test = arguments.Positional is [var name, ..] ? ValueText.Str(context, name) : null;
        var rest = arguments.Skip(1);
        var items = Iteration.Items(context, input);
        context.Meter.Step(items.Length);
        return Value.From(new OneShot(Array.FindAll(items, item =>
        {
            var value = path.Read(context, item);
            return (test is null ? value.IsTrue : TestCatalog.Apply(context, test, value, rest)) == wanted;
        })));
    }
}
