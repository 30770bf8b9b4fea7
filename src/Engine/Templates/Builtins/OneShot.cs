using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>
/// What <c>map</c>, <c>select</c> and their like give: a Python generator, which can be gone through once and has no length. The
/// items are made at once, not one by one, because generators over generators would be run through by recursion.
/// </summary>
internal sealed class OneShot(Value[] items) : TemplateObject
{
    private Value[] items = items;

    public override string TypeName => "generator";

    public override bool IsIterable => true;

    public override Value[] Iterate(RenderContext context)
    {
        var rest = items;
        items = [];
        return rest;
    }

    /// <summary>Takes one item.</summary>
    public bool TryTake(RenderContext context, out Value item)
    {
        item = items.Length > 0 ? items[0] : default;
        bool taken = items.Length > 0;
        context.Meter.Step(items.Length);
        items = taken ? items[1..] : items;
        return taken;
    }
}
