using Hearth.Engine.Templates.Rendering;
using Hearth.Engine.Templates.Values;

namespace Hearth.Engine.Templates.Builtins;

/// <summary>Jinja's <c>joiner</c>: gives nothing when it is called first, then its separator.</summary>
internal sealed class Joiner(Value separator) : TemplateObject
{
    private bool wasCalled;

    public override string TypeName => "Joiner";

    public override bool IsCallable => true;

    /// <summary>The function <c>joiner(separator)</c>.</summary>
    public static Value Create(RenderContext context, Value self, Arguments arguments)
        => Value.From(new Joiner(arguments.Bind("joiner", 0, "sep")[0] ?? Value.From(", ")));

    public override Value Call(RenderContext context, Arguments arguments)
    {
        arguments.RefuseAll("joiner");
        var result = wasCalled ? separator : Value.Empty;
        wasCalled = true;
        return result;
    }
}
