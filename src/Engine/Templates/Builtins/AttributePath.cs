using System.Globalization;
using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>The argument <c>attribute</c> of filters: a key, or keys joined by dots, where digits are indices.</summary>
internal readonly struct AttributePath
{
    private readonly Value[] keys;

    private AttributePath(Value[] keys) => this.keys = keys;

    /// <summary>Reads the argument; without one, the path leads to the item itself.</summary>
    public static AttributePath Parse(RenderContext context, Value? attribute)
    {
        if (attribute is not { } path)
        {
            return new AttributePath([]);
        }

        context.Meter.Step(path.IsString ? path.String.Length >> 1 : 0);
        return path.IsString
            ? new AttributePath(Array.ConvertAll(path.String.Split('.'), Key))
            : new AttributePath([path]);
    }

    /// <summary>Reads an argument that may hold several paths, with commas between them.</summary>
    public static AttributePath[] ParseSeveral(RenderContext context, Value? attribute)
        => attribute is { IsString: true } paths
            ? Array.ConvertAll(paths.String.Split(','), path => Parse(context, Value.From(path)))
            : [Parse(context, attribute)];

    /// <summary>Follows the path from an item.</summary>
    /// <param name="context">The rendering.</param>
    /// <param name="item">Where the path begins.</param>
    /// <param name="otherwise">What stands for a key that is missing.</param>
    public Value Read(RenderContext context, Value item, Value? otherwise = null)
    {
        foreach (var key in keys)
        {
            context.Meter.Step();
            item = Lookup.Item(context, item, key);
            item = item.IsUndefined && otherwise is { } given ? given : item;
        }

        return item;
    }

    private static Value Key(string part)
        => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int index) ? Value.From((long)index) : Value.From(part);
}
