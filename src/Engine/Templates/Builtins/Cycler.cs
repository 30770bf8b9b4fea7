using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Jinja's <c>cycler</c>: gives its items in turn, again and again.</summary>
internal sealed class Cycler(Value[] items) : TemplateObject
{
    private readonly Value tuple = Value.Tuple(items);
    private int position;

    public override string TypeName => "Cycler";

    /// <summary>The function <c>cycler(item, ...)</c>.</summary>
    public static Value Create(RenderContext context, Value self, Arguments arguments)
    {
        if (arguments.Positional.Length == 0 || arguments.Named.Length > 0)
        {
            throw new Fault("cycler() needs at least one item, by position");
        }

        return Value.From(new Cycler(arguments.Positional));
    }

    public override bool TryGetAttribute(RenderContext context, string name, out Value value)
    {
        value = name switch
        {
            "current" => items[position],
            "items" => tuple,
            "pos" => Value.From((long)position),
            "next" => Value.From(new BoundMethod(name, Value.From(this), (_, _, arguments) => Next(arguments))),
            "reset" => Value.From(new BoundMethod(name, Value.From(this), (_, _, arguments) => Reset(arguments))),
            _ => default,
        };
        return name is "current" or "items" or "pos" or "next" or "reset";
    }

    private Value Next(Arguments arguments)
    {
        arguments.RefuseAll("next");
        var item = items[position];
        position = (position + 1) % items.Length;
        return item;
    }

    private Value Reset(Arguments arguments)
    {
        arguments.RefuseAll("reset");
        position = 0;
        return Value.None;
    }
}
