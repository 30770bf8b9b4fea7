using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Jinja's <c>namespace</c>: the one object whose attributes a template may set, also from within a loop.</summary>
internal sealed class Namespace(Dictionary attributes) : TemplateObject
{
    private bool isDescribing;

    public override string TypeName => "Namespace";

    /// <summary>The function <c>namespace(mapping, name=value)</c>.</summary>
    public static Value Create(RenderContext context, Value self, Arguments arguments)
        => Value.From(new Namespace(DictMethods.CreateDictionary(context, "namespace", arguments)));

    public void Set(string name, Value value) => attributes.Set(Value.From(name), value);

    public override string Describe(RenderContext context)
    {
        // A namespace can hold itself.
        if (isDescribing)
        {
            return "<Namespace {...}>";
        }

        isDescribing = true;
        context.Meter.Enter();
        string text = $"<Namespace {ValueText.Repr(context, Value.From(attributes))}>";
        context.Meter.Leave();
        isDescribing = false;
        return text;
    }

    public override bool TryGetAttribute(RenderContext context, string name, out Value value) => attributes.TryGet(name, out value);
}
