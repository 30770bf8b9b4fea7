using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>What a dictionary's <c>keys()</c>, <c>values()</c> and <c>items()</c> give.</summary>
internal sealed class DictView(string part, Dictionary dictionary) : TemplateObject
{
    public override string TypeName => $"dict_{part}";

    public override int? Length => dictionary.Count;

    public override bool IsIterable => true;

    public override string Describe(RenderContext context)
        => $"{TypeName}({ValueText.Repr(context, Value.List(Iterate(context)))})";

    public override Value[] Iterate(RenderContext context)
    {
        context.Meter.Step(dictionary.Count);
        return part switch
        {
            "keys" => [.. dictionary.Keys],
            "values" => [.. dictionary.Values],
            _ => Items(),
        };
    }

    private Value[] Items()
    {
        var items = new Value[dictionary.Count];
        int place = 0;
        foreach (var (key, value) in dictionary)
        {
            items[place++] = Value.Tuple(key, value);
        }

        return items;
    }
}
